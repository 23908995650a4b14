"""How moments are written on pages: short, in the viewer's zone, exact when pointed at."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html


def moment(value: Any, form: str = "j M Y H:i") -> Any:
    """A datetime as ``<time>`` with the second and the zone in its title; anything else as it is."""
    if not isinstance(value, datetime):
        return value
    local = timezone.localtime(value)
    short, exact = date_format(local, form), local.strftime("%Y-%m-%d %H:%M:%S %Z")
    return format_html('<time datetime="{}" title="{}">{}</time>', local.isoformat(), exact, short)
