"""Each tenant decided by name, then a second person approves exactly the plan that was shown."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from tenancy import audit

from .. import conf
from ..exceptions import RequestRefused
from ..models import DataRequest, ItemDecision, Kind, TenantDecision
from .locking import locked
from .transitions import move, write_event


def decide_tenant(request: DataRequest, tenant: Any, *, answer: str, by: Any, ground: str = "") -> None:
    """Decide what happens to the person's data in one tenant. A refusal needs a ground. A new plan is then needed."""
    with locked(request, reason="decide") as row:
        decision = TenantDecision.objects.select_for_update().get(request=row, tenant_id=getattr(tenant, "pk", tenant))
        if answer == TenantDecision.Answer.REFUSE and not ground.strip():
            raise RequestRefused("A refusal names its ground: the person is told.", code="no_ground")
        decision.answer, decision.ground = TenantDecision.Answer(answer), ground[:200]
        decision.decided_by_key = str(getattr(by, "pk", by) or "")
        decision.save()
        write_event(row, "decide_tenant", by=by, note=f"{decision.tenant_id}: {answer}")
        _plan_anew(row, by)


def keep_item(
    request: DataRequest, label: str, tenant: Any, *, ground: str, by: Any, note: str = "", until: date | None = None
) -> None:
    """Keep the rows of one model in one tenant although the rest is erased; a new plan is made.

    `ground` is one of `ItemDecision.Ground`; the person is told it, and the report names it. Raises RequestRefused for
    an item that is not in the plan, an end that is over, and what belongs to the account: that goes or stays whole.
    """
    tenant_id = getattr(tenant, "pk", tenant)
    with locked(request, reason="keep an item") as row:
        if until is not None and until <= timezone.now().date():
            raise RequestRefused("The end of a duty lies ahead.", code="past")
        if ground not in ItemDecision.Ground.values:
            raise RequestRefused("What is kept names its ground: the person is told.", code="no_ground")
        if tenant_id is None:
            raise RequestRefused(
                "The account goes or stays as a whole: place a legal hold on it instead.", code="account"
            )
        if row.kind != Kind.ERASURE or not row.items.filter(model__iexact=label, tenant_key=tenant_id).exists():
            raise RequestRefused("This is no item of the plan.", code="not_found")
        ItemDecision.objects.update_or_create(
            request=row,
            model=label.lower(),
            tenant_key=tenant_id,
            defaults={
                "ground": ground,
                "note": note.strip()[:150],
                "until": until,
                "decided_by_key": str(getattr(by, "pk", by) or ""),
                "decided_at": timezone.now(),
            },
        )
        write_event(row, "keep_item", by=by, note=f"{label} in {tenant_id}: {ground}")
        _plan_anew(row, by)


def erase_item(request: DataRequest, label: str, tenant: Any, *, by: Any) -> None:
    """Take back that an item is kept; a new plan is made. Raises RequestRefused where it was not."""
    tenant_id = getattr(tenant, "pk", tenant)
    with locked(request, reason="keep no item") as row:
        gone, _by_model = row.kept_items.filter(model=label.lower(), tenant_key=tenant_id).delete()
        if not gone:
            raise RequestRefused("This item was not kept.", code="not_found")
        write_event(row, "erase_item", by=by, note=f"{label} in {tenant_id}")
        _plan_anew(row, by)


def _plan_anew(row: DataRequest, by: Any) -> None:
    from ..plan import make_plan

    make_plan(row, by=by)


def approve(request: DataRequest, *, by: Any, plan_hash: str) -> DataRequest:
    """Approve the plan with this hash. Requester, approver and subject are three people.

    Raises RequestRefused on a stale hash, an undecided tenant, an unchecked identity, or too few eyes.
    """
    with locked(request, reason="approve") as row:
        if not row.identity_at:
            raise RequestRefused("Check the identity first.", code="identity")
        if not plan_hash or plan_hash != row.plan_hash:
            raise RequestRefused("The plan has changed since it was shown: look at it again.", code="drift")
        if row.decisions.filter(answer=TenantDecision.Answer.PENDING).exists():
            raise RequestRefused("Decide each organisation by name first.", code="undecided")
        refuse_same_person(row, by)
        now = timezone.now()
        move(
            row,
            "approve",
            by=by,
            note=plan_hash[:12],
            approved_by_id=getattr(by, "pk", by),
            approved_at=now,
            approved_hash=plan_hash,
            not_before=now + timedelta(hours=conf.get("COOLING_OFF_HOURS")),
        )
        audit.record("privacy.plan_approved", by=by, tenant=row.tenant_id, target=row, details={"plan": plan_hash})
    return row


def refuse_same_person(row: DataRequest, by: Any) -> None:
    """Raise RequestRefused when the approver is the requester or the subject."""
    approver = str(getattr(by, "pk", by) or "")
    if approver in row.subject.get("user_keys", ()):
        raise RequestRefused("Nobody approves a request about themselves.", code="four_eyes")
    if not conf.get("FOUR_EYES"):
        return
    if not approver or approver == str(row.requested_by_id or ""):
        raise RequestRefused("A second person must approve what the first one entered.", code="four_eyes")
