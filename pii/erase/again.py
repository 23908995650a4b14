"""Erase a person again from keys alone: after a restore, or when a hold ends."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from tenancy import audit
from tenancy.models import Tenant

from ..find import find
from ..models import DataRequest, Kind, PlanItem, PlanRow, State, TenantDecision
from ..registry import registry
from ..requests.clock import due_on
from ..requests.intake import next_number
from ..requests.transitions import write_event
from ..subjects import Subject

RELEASED = "hold released"


def request_again(
    roots: set[tuple[str, str]],
    *,
    limited_to: UUID | None,
    method: str,
    by: Any,
    note: str,
    refused: Collection[UUID] = (),
    spare: Callable[[Subject], object] = lambda subject: None,
) -> DataRequest | None:
    """A running request for these rows, ready for `run_erasure`; None where none of them is there. System scope.

    Nobody approves it a second time: the approval of the first erasure stands. So do the refusals: nothing of a tenant
    in `refused` goes. `spare` is called with what was found and takes out of it what is to be left.
    """
    users = get_user_model()._meta.label_lower
    keys = {key for label, key in roots if label == users}
    subject = Subject(
        user_keys=set(keys),
        roots={(label, key) for label, key in roots if label != users},
        tenant_id=limited_to,
        with_account=bool(keys),
    )
    meet_again(subject)
    subject = find(subject)
    spare(subject)
    for model, found in subject.rows.items():
        subject.rows[model] = {row for row in found if row.tenant_id is None or row.tenant_id not in refused}
    if not any(subject.rows.values()):
        return None
    now = timezone.now()
    with transaction.atomic():
        request = DataRequest.objects.create(
            number=next_number(now.year),
            kind=Kind.ERASURE,
            state=State.RUNNING,
            tenant_id=limited_to,
            subject=subject.as_json(),
            received_at=now,
            due_on=due_on(now),
            identity_method=method,
            identity_at=now,
            with_account=bool(keys),
            registry_hash=registry.content_hash(),
            requested_by_id=getattr(by, "pk", by),
        )
        rows = [
            PlanRow(request=request, model=model._meta.label_lower, key=row.pk, tenant_key=row.tenant_id)
            for model, found in subject.rows.items()
            for row in sorted(found, key=lambda row: row.pk)
        ]
        PlanRow.objects.bulk_create(rows, batch_size=2000, ignore_conflicts=True)
        PlanItem.objects.bulk_create(
            [
                PlanItem(
                    request=request,
                    model=Tenant._meta.label,
                    tenant_key=key,
                    action=PlanItem.Action.REFUSE,
                    rows=0,
                    ground="refused by the request that is repeated",
                )
                for key in sorted(refused)
            ]
        )
        write_event(request, "erase_again", by=by, to_state=State.RUNNING, note=note)
        audit.record("privacy.erasure_repeated", by=by, tenant=limited_to, target=request, reason=method)
    return request


def keep_again(request: DataRequest, earlier: DataRequest) -> None:
    """What the earlier request decided to keep, and must keep still, is kept by its repetition too."""
    for item in earlier.kept_items.exclude(until__lt=timezone.now().date()):
        item.pk, item.request, item._state.adding = None, request, True
        item.save()
    plan_kept(request)


def plan_kept(request: DataRequest) -> None:
    """Name the kept items in the plan of a repetition, so that its report and its letter say them with their ground."""
    PlanItem.objects.bulk_create(
        [
            PlanItem(
                request=request,
                model=apps.get_model(item.model)._meta.label,
                tenant_key=item.tenant_key,
                action=PlanItem.Action.KEEP,
                rows=request.rows.filter(model=item.model, tenant_key=item.tenant_key).count(),
                ground=item.words,
                until=item.until,
            )
            for item in request.kept_items.all()
        ]
    )


def refusals(earlier: DataRequest) -> list[UUID]:
    """The organisations that refused the earlier request."""
    answers = earlier.decisions.filter(answer=TenantDecision.Answer.REFUSE)
    return list(answers.values_list("tenant_id", flat=True))


def meet_again(subject: Subject) -> None:
    """Take addresses and numbers from the root rows that are there, as the first erasure had them."""
    for label, key in list(subject.roots):
        try:
            model = apps.get_model(label)
        except LookupError:
            subject.roots.discard((label, key))
            continue
        row = model._base_manager.filter(pk=key).first()
        if row is not None:
            accounts = set(subject.user_keys)
            subject._add(row)
            subject.user_keys = subject.user_keys if subject.with_account else accounts
