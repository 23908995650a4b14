"""Make a plan: find, decide per tenant, freeze the rows, hash everything."""

from __future__ import annotations

import hashlib
import json
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.utils import timezone

from tenancy import audit, system_scope
from tenancy.models import UserTenantMembership

from ..find import find
from ..models import DataRequest, Kind, PlanItem, PlanRow, TenantDecision
from ..registry import registry
from ..requests.identity import subject_of
from ..requests.locking import locked
from ..requests.transitions import move
from ..subjects import Subject
from .guards import guard_erasure
from .items import plan_items


def make_plan(request: DataRequest | UUID, *, by: Any) -> DataRequest:
    """Find the person's data, freeze identifiers and rows, write the preview. Dry: nothing of it is changed.

    An earlier approval falls. Raises RequestRefused for the last superuser or a tenant's only owner.
    """
    with locked(request, reason="plan") as row:
        subject, refused = _frozen(row)
        if row.kind == Kind.ERASURE:
            tenants = {item.tenant_id for rows in subject.rows.values() for item in rows if item.tenant_id}
            guard_erasure(subject, leaving=tenants - refused)
        items = plan_items(row, subject, refused)
        row.rows.all().delete()
        row.items.all().delete()
        PlanRow.objects.bulk_create(
            [
                PlanRow(request=row, model=model._meta.label_lower, key=item.pk, tenant_key=item.tenant_id)
                for model, rows in subject.rows.items()
                for item in sorted(rows, key=lambda found: found.pk)
                if item.tenant_id not in refused
            ],
            batch_size=2000,
            ignore_conflicts=True,
        )
        PlanItem.objects.bulk_create(items)
        move(
            row,
            "plan",
            by=by,
            note=f"{sum(item.rows for item in items)} rows",
            subject=subject.as_json(),
            with_account=subject.with_account,
            plan_hash=digest(subject, items, row),
            registry_hash=registry.content_hash(),
            planned_at=timezone.now(),
            approved_at=None,
            approved_by_id=None,
            approved_hash="",
        )
        audit.record("privacy.request_planned", by=by, tenant=row.tenant_id, target=row)
    return row


def _frozen(row: DataRequest) -> tuple[Subject, set[UUID]]:
    """The subject with everything found, and the tenants whose answer is a refusal."""
    subject = find(subject_of(row).limited_to(row.tenant_id, with_account=True))
    concerned = {item.tenant_id for rows in subject.rows.values() for item in rows if item.tenant_id}
    refused: set[UUID] = set()
    if row.tenant_id is None:
        for tenant_id in sorted(concerned, key=str):
            TenantDecision.objects.get_or_create(request=row, tenant_id=tenant_id)
        answers = row.decisions.filter(answer=TenantDecision.Answer.REFUSE)
        refused = set(answers.values_list("tenant_id", flat=True)) & concerned
    with_account = account_goes(subject, row, refused)
    if with_account != subject.with_account:
        # Start afresh: what the account alone knows (its other addresses) must not widen a search that excludes it.
        start = subject if row.tenant_id is None else subject_of(row)
        subject = find(start.limited_to(row.tenant_id, with_account=False))
    return subject, refused


def account_goes(subject: Subject, row: DataRequest, refused: set[UUID]) -> bool:
    """Whether the account itself is part of the request.

    A platform-wide request includes it unless an organisation keeps its data of the person. One organisation's request
    includes it only where the person belongs to no other and is no staff: an account belongs to its person.
    """
    if row.kind == Kind.ACCESS and row.tenant_id is not None:
        return False  # what the account holds is the person's own, and another controller's
    if not subject.user_keys or row.kind == Kind.ACCESS:
        return True
    keys = sorted(subject.user_keys)
    memberships = UserTenantMembership.objects.filter(user__in=keys)
    if row.tenant_id is None:
        return not memberships.filter(tenant__in=refused).exists()
    elsewhere = memberships.exclude(tenant_id=row.tenant_id).exists()
    return not elsewhere and not get_user_model()._base_manager.filter(pk__in=keys, is_staff=True).exists()


def digest(subject: Subject, items: list[PlanItem], row: DataRequest) -> str:
    """SHA-256 over everything an approval binds to: rows, actions, answers, identifiers, registry."""
    rows = sorted((model._meta.label_lower, item.pk) for model, found in subject.rows.items() for item in found)
    content = {
        "rows": hashlib.sha256(json.dumps(rows).encode()).hexdigest(),
        "identifiers": subject.identifiers.keyed_hashes(),
        "items": sorted(
            [item.model, str(item.tenant_key), item.action, item.rows, item.ground, str(item.until)] for item in items
        ),
        "answers": sorted(map(str, row.decisions.values_list("tenant_id", "answer"))),
        "with_account": subject.with_account,
        "registry": registry.content_hash(),
        "kind": row.kind,
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def current_hash(request: DataRequest) -> str:
    """The hash that a plan made now would have; another one than the approved means drift."""
    with system_scope(reason="privacy request: compare with the approved plan"):
        subject, refused = _frozen(request)
        return digest(subject, plan_items(request, subject, refused), request)
