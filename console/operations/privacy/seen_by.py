"""Everything that staff saw of a person, for that person's own account page."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from console.operations.models import StaffSession
from pii.looks import MOST, looks_at
from tenancy import system_scope


def seen_by(user: Any) -> list[dict[str, Any]]:
    """Reveals, and sessions in which support looked through the person's eyes, newest first."""
    found: list[dict[str, Any]] = [
        {"at": look.at, "what": look.what, "tenant": look.tenant, "why": look.why, "who": _staff(look.who)}
        for look in looks_at(user)
    ]
    with system_scope(reason="show a person who looked through their eyes"):
        for session in StaffSession.objects.filter(viewing_as=user.pk).select_related("tenant")[:MOST]:
            found.append(
                {
                    "at": session.opened_at,
                    "what": _("the workspace, through your eyes"),
                    "tenant": session.tenant.name,
                    "why": session.reason,
                    "who": _staff(session.actor_id),
                }
            )
    return sorted(found, key=lambda look: look["at"], reverse=True)[:MOST]


def _staff(key: Any) -> str:
    """Staff under a number that a complaint can name; their own names stay theirs."""
    return _("Staff %(number)s") % {"number": str(key)[:8]} if key else _("Somebody who left")
