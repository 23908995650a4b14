"""Order, build and keep an export package."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from tenancy import audit, jobs, system_scope

from .. import conf
from ..exceptions import RequestRefused
from ..find import find
from ..letters import send_letter
from ..models import DataRequest, Kind, Package, State, TenantDecision
from ..plan import make_plan
from ..requests.ending import scrub
from ..requests.identity import subject_of
from ..requests.locking import locked
from ..requests.transitions import move
from .package import write_package

JOB = "pii.export"


def start_export(request: DataRequest, *, by: Any) -> DataRequest:
    """Order the package of an access request whose identity is checked. Nothing is erased, so one officer suffices.

    Raises RequestRefused for another kind of request or an unchecked identity.
    """
    with locked(request, reason="export") as row:
        if row.kind != Kind.ACCESS:
            raise RequestRefused("This request asks for no copy.", code="wrong_kind")
        if not row.identity_at:
            raise RequestRefused("Check the identity first: a copy must not reach the wrong person.", code="identity")
        state = row.state
    if state in (State.RECEIVED, State.FAILED):
        make_plan(request, by=by)
    with locked(request, reason="export") as row:
        row.decisions.filter(answer=TenantDecision.Answer.PENDING).update(
            answer=TenantDecision.Answer.CARRY_OUT, decided_by_key=str(getattr(by, "pk", by) or "")
        )
        move(row, "export", by=by)
        audit.record("privacy.export_started", by=by, tenant=row.tenant_id, target=row)
        jobs.enqueue(JOB, row.pk, lock=f"{JOB}:{row.pk}", by=by)
    return row


def run_export(key: UUID | str) -> Package:
    """The job's body: build the package anew (a half-written one is overwritten), then close the request."""
    with system_scope(reason="privacy request: export"):
        request = DataRequest.objects.get(pk=key)
        if request.state != State.RUNNING:
            return request.packages.latest("created_at")
        subject = find(subject_of(request))
        refused = set(request.decisions.filter(answer=TenantDecision.Answer.REFUSE).values_list("tenant_id", flat=True))
        now = timezone.now()
        package, _made = Package.objects.get_or_create(
            request=request, purged_at=None, defaults={"expires_at": now + timedelta(days=conf.get("PACKAGE_DAYS"))}
        )
        written = write_package(request, subject, conf.packages_dir() / f"{package.pk}.zip", refused=refused)
        package.size, package.sha256, package.rows = written.size, written.sha256, written.rows
        package.expires_at = timezone.now() + timedelta(days=conf.get("PACKAGE_DAYS"))
        package.save()
        with locked(request, reason="finish") as row:
            report = {
                "request": row.number,
                "rows": written.rows,
                "sha256": written.sha256,
                "withheld": written.withheld,
            }
            move(row, "finish", by=None, finished_at=timezone.now(), report=report, is_partial=bool(refused))
            send_letter(row, "package", expires_at=package.expires_at)
            audit.record("privacy.export_done", by=None, tenant=row.tenant_id, target=row)
            scrub(row)
    return package
