"""A request comes in: from a selected person, or from somebody without an account."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone

from tenancy import audit, system_scope

from ..exceptions import RequestRefused
from ..letters import send_letter
from ..models import DataRequest, Kind
from ..subjects import Subject
from .clock import due_on
from .locking import locked
from .transitions import write_event


def receive(
    kind: Kind | str,
    *,
    by: Any,
    emails: Iterable[str] = (),
    phones: Iterable[str] = (),
    objects: Iterable[models.Model] = (),
    tenant: Any = None,
    contact_name: str = "",
    contact_email: str = "",
    message: str = "",
    received_at: datetime | None = None,
) -> DataRequest:
    """Enter a request. The clock starts at `received_at` (default: now) and is never rewritten.

    `tenant` limits it to that organisation. Raises RequestRefused when nothing names the person, when an object is
    another tenant's, or when the moment lies ahead.
    """
    received_at = received_at or timezone.now()
    if received_at > timezone.now():
        raise RequestRefused("A request cannot arrive in the future.", code="future")
    tenant_id = getattr(tenant, "pk", tenant)
    for row in objects:
        if tenant_id is not None and getattr(row, "tenant_id", tenant_id) != tenant_id:
            raise RequestRefused("The selected record is not there.", code="not_found")
    try:
        subject = Subject.start(emails=emails, phones=phones, objects=list(objects), tenant_id=tenant_id)
    except ValueError as error:
        raise RequestRefused(str(error), code="nobody") from error
    with system_scope(reason="privacy request: enter"), transaction.atomic():
        request = DataRequest.objects.create(
            number=next_number(received_at.year),
            kind=Kind(kind),
            tenant_id=tenant_id,
            contact_name=contact_name,
            contact_email=contact_email or next(iter(sorted(subject.emails)), ""),
            message=message,
            subject=subject.as_json(),
            received_at=received_at,
            due_on=due_on(received_at),
            requested_by_id=getattr(by, "pk", by),
        )
        send_letter(request, "received")
        write_event(request, "receive", by=by, to_state=request.state, note=request.get_kind_display())
        audit.record(
            "privacy.request_received", by=by, tenant=tenant_id, target=request, details={"kind": request.kind}
        )
    return request


def next_number(year: int) -> str:
    """The next free number of a year; an advisory lock makes concurrent intakes take turns."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('pii_datarequest_number'))")
    prefix = f"DSR-{year}-"
    last = DataRequest.objects.filter(number__startswith=prefix).order_by("-number").values_list("number", flat=True)
    return f"{prefix}{int(last[0].removeprefix(prefix)) + 1 if last else 1:05d}"


def access_request_by_number(number: str, *, tenant: Any = None) -> DataRequest:
    """A request by its number; with `tenant`, only one that is limited to it. Raises DataRequest.DoesNotExist."""
    with system_scope(reason="privacy request: look up"):
        requests = DataRequest.objects.select_related("tenant")
        if tenant is not None:
            requests = requests.filter(tenant_id=getattr(tenant, "pk", tenant))
        return requests.get(number=number)


def extend(request: DataRequest, *, by: Any, ground: str) -> DataRequest:
    """Extend the time limit once by two months, before it has passed, with a ground (Art. 12(3))."""
    with locked(request, reason="extend") as row:
        if not ground.strip():
            raise RequestRefused("Say why more time is needed: the person is told.", code="no_ground")
        if row.extended_at is not None:
            raise RequestRefused("The time limit has been extended already, and may be only once.", code="extended")
        if not row.is_open or timezone.now().date() > row.due_on:
            raise RequestRefused("The time limit can only be extended before it has passed.", code="too_late")
        row.extended_at = timezone.now()
        row.due_on = due_on(row.received_at, extended=True, paused_days=row.paused_days)
        row.save(update_fields=["extended_at", "due_on"])
        write_event(row, "extend", by=by, note=ground)
        audit.record("privacy.request_extended", by=by, tenant=row.tenant_id, target=row)
        send_letter(row, "extended", ground=ground)
    return row
