"""Small words of the import pages."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

register = template.Library()

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
