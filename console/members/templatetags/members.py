"""Small words of the import pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from console.members.models import ImportState, MemberImport

register = template.Library()

STEPS = (
    gettext_lazy("Upload"),
    gettext_lazy("Columns"),
    gettext_lazy("Check"),
    gettext_lazy("Import"),
    gettext_lazy("Result"),
)
_PLACES: dict[str, int] = {
    ImportState.UPLOADED: 1,
    ImportState.PREVIEWING: 2,
    ImportState.PREVIEWED: 2,
    ImportState.RUNNING: 3,
}

OUTCOMES = {
    "new": gettext_lazy("New"),
    "changed": gettext_lazy("Changed"),
    "unchanged": gettext_lazy("Unchanged"),
    "skipped": gettext_lazy("Skipped"),
    "refused": gettext_lazy("Refused"),
    "missing": gettext_lazy("Not in the file"),
    "conflicts": gettext_lazy("Changed by somebody since"),
    "invited": gettext_lazy("Invited"),
    "restored": gettext_lazy("Returned"),
    "removed": gettext_lazy("Removed"),
    "kept": gettext_lazy("Left alone"),
    "revoked": gettext_lazy("Invitations revoked"),
}


@register.filter
def at(values: Any, key: Any) -> Any:
    """The element of a list or dict; empty where there is none."""
    try:
        return values[key]
    except (IndexError, KeyError, TypeError):
        return ""


@register.filter
def said(value: Any) -> Any:
    """A value as people say it."""
    if value is None or value == "":
        return "-"
    if value is True or value is False:
        return _("yes") if value else _("no")
    return value


@register.filter
def outcome(name: str) -> Any:
    """The word for a list or a number."""
    return OUTCOMES.get(name, name)


@register.filter
def state_colour(state: str) -> str:
    """The colour of a state's label."""
    from console.members.admin import COLOURS

    return COLOURS.get(state, "default")


@register.filter
def span(time: timedelta) -> str:
    """How long something still takes, in the two largest units."""
    minutes, seconds = divmod(round(time.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}
    if minutes:
        return _("%(minutes)d min %(seconds)d s") % {"minutes": minutes, "seconds": seconds}
    return _("%(seconds)d s") % {"seconds": seconds}


@register.inclusion_tag("admin/members/steps.html")
def steps(item: MemberImport | None = None) -> dict[str, Any]:
    """The way from the file to the result, and where it stands; without an import, at its beginning."""
    here = 0 if item is None else _PLACES.get(item.state, len(STEPS) - 1)
    if item is not None and item.state == ImportState.STOPPED:
        here = 3 if item.started_at else 2
    return {"steps": [(name, number - here) for number, name in enumerate(STEPS)]}
