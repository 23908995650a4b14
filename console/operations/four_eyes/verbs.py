"""Four eyes: one member of staff asks, another approves in time, neither does both."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from tenancy import TenantRefused, audit, jobs, system_scope

from ..models import Approval, ApprovalState

GOOD_FOR = timedelta(hours=24)
CarryOut = Callable[..., Any]
_carried_out: dict[str, CarryOut] = {}
_let_go: dict[str, CarryOut] = {}


def carries_out(verb: str) -> Callable[[CarryOut], CarryOut]:
    """Register what happens once `verb` is approved: ``(approval, *, by)`` does it and returns words for the person."""

    def register(act: CarryOut) -> CarryOut:
        _carried_out[verb] = act
        return act

    return register


def lets_go(verb: str) -> Callable[[CarryOut], CarryOut]:
    """Register what happens once `verb` is refused, taken back or late: ``(approval, *, by)``, in that transaction."""

    def register(act: CarryOut) -> CarryOut:
        _let_go[verb] = act
        return act

    return register


def carrier_of(verb: str) -> CarryOut:
    """What carries an approved act out. Raises TenantRefused for a verb that the program no longer knows."""
    try:
        return _carried_out[verb]
    except KeyError:
        raise TenantRefused("The program no longer knows this act.", code="unknown_act") from None


@transaction.atomic
def ask(verb: str, *, by: Any, reason: str, details: dict[str, Any], tenant: Any = None) -> Approval:
    """Write the question down; it is good for a day. `details` are keys and counts."""
    approval = Approval.objects.create(
        verb=verb,
        tenant_key=getattr(tenant, "pk", None),
        asked_by_id=by.pk,
        reason=reason,
        details=details,
        expires_at=timezone.now() + GOOD_FOR,
    )
    audit.record("approval.asked", by=by, tenant=tenant, target=approval, reason=reason, details={"verb": verb})
    return approval


@transaction.atomic
def decide(approval: Approval, *, approve: bool, by: Any, reason: str) -> Approval:
    """Say yes or no, once. Raises TenantRefused: ``four_eyes`` (the asker), ``decided``, ``expired``."""
    approval = Approval.objects.select_for_update(of=("self",)).get(pk=approval.pk)
    if approval.asked_by_id == by.pk:
        raise TenantRefused("Whoever asks does not decide: somebody else must.", code="four_eyes")
    if approval.state != ApprovalState.ASKED:
        raise TenantRefused("This was decided already.", code="decided")
    if approval.expires_at <= timezone.now():
        raise TenantRefused("The question has expired; it must be asked again.", code="expired")
    approval.state = ApprovalState.APPROVED if approve else ApprovalState.REFUSED
    approval.decided_by_id, approval.decided_at = by.pk, timezone.now()
    approval.save(update_fields=["state", "decided_by", "decided_at"])
    verb = "approval.given" if approve else "approval.refused"
    details = {"verb": approval.verb}
    audit.record(verb, by=by, tenant=approval.tenant_key, target=approval, reason=reason, details=details)
    if not approve and approval.verb in _let_go:
        _let_go[approval.verb](approval, by=by)
    return approval


@transaction.atomic
def withdraw(approval: Approval, *, by: Any, reason: str) -> Approval:
    """Take a question back before anybody answered. Raises TenantRefused: ``not_asker``, ``decided``."""
    approval = Approval.objects.select_for_update(of=("self",)).get(pk=approval.pk)
    if approval.asked_by_id != by.pk:
        raise TenantRefused("Only whoever asked takes a question back; others refuse it.", code="not_asker")
    if approval.state != ApprovalState.ASKED:
        raise TenantRefused("This was decided already.", code="decided")
    approval.state = ApprovalState.WITHDRAWN
    approval.save(update_fields=["state"])
    details = {"verb": approval.verb}
    audit.record(
        "approval.withdrawn", by=by, tenant=approval.tenant_key, target=approval, reason=reason, details=details
    )
    if approval.verb in _let_go:
        _let_go[approval.verb](approval, by=by)
    return approval


@jobs.periodic("*/10 * * * *", "operations.expire_approvals")
def expire_approvals(key: str) -> None:
    """Close the questions that nobody answered in time."""
    with system_scope(reason="questions for four eyes expire"):
        expire_late()


def expire_late() -> int:
    """Close every question whose time is over, each on its own; returns how many. Needs a wide scope."""
    late = Approval.objects.filter(state=ApprovalState.ASKED, expires_at__lte=timezone.now())
    closed = 0
    for key in late.values_list("pk", flat=True):
        with transaction.atomic():
            approval = late.select_for_update(of=("self",)).filter(pk=key).first()
            if approval is None:  # answered meanwhile
                continue
            approval.state = ApprovalState.EXPIRED
            approval.save(update_fields=["state"])
            details = {"verb": approval.verb}
            audit.record("approval.expired", by=None, tenant=approval.tenant_key, target=approval, details=details)
            if approval.verb in _let_go:
                _let_go[approval.verb](approval, by=None)
            closed += 1
    return closed
