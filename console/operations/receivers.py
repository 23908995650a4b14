"""Writes every act that the audit port hears of into the append-only table."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from simple_history.models import HistoricalRecords

from console.request_id import current_request_id
from tenancy import system_scope
from tenancy.audit import Act, record

from .models import AuditEvent


def keep_act(sender: type[Act], act: Act, **kwargs: Any) -> None:
    """Insert one row, in the caller's transaction: an act that cannot be recorded does not happen."""
    by, seen_as = really(act.by)
    with system_scope(reason="the audit trail is written in every scope"):
        AuditEvent.objects.create(
            at=act.at,
            verb=act.verb,
            actor_id=getattr(by, "pk", by),
            actor_address=address_of(by),
            tenant_key=act.tenant_id,
            target_model=act.target_model,
            target_id=act.target_id,
            reason=act.reason,
            details={**act.details, **seen_as},
            request_id=current_request_id(),
        )


def really(actor: Any) -> tuple[Any, dict[str, str]]:
    """Who acted: in a look through a member's eyes the member of staff, with the member beside them."""
    request: Any = getattr(HistoricalRecords.context, "request", None)
    session = getattr(request, "view_as", None)
    if session is None or getattr(actor, "pk", actor) != session.viewing_as_id:
        return actor, {}
    return request.real_user, {"as": str(session.viewing_as_id)}


def address_of(actor: Any) -> str:
    """The actor's address at this moment; empty for the command line."""
    if actor is None:
        return ""
    if not hasattr(actor, "email"):
        actor = get_user_model().objects.filter(pk=actor).only("email").first()
    return getattr(actor, "email", "") or ""


def keep_refusal(sender: Any, tenant_id: Any = None, where: str = "", **kwargs: Any) -> None:
    """Write a refused request for another tenant down, for the dashboard and the trail.

    Only requests: what code refuses itself ends in an error, whose transaction would take the row with it.
    """
    if where == "request":
        record("tenant.access_refused", by=current_person())


def current_person() -> Any:
    """Who sent the request that is being served; None outside of one."""
    user = getattr(getattr(HistoricalRecords.context, "request", None), "user", None)
    return user if getattr(user, "is_authenticated", False) else None
