"""A person's name or address as the viewer may see it, for pages, panels and search."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from pii.masking import shown, viewer_of


def seen(request: HttpRequest, row: Any, *names: str) -> str:
    """The first of these columns that holds something, masked where the viewer may not see it."""
    for name in names:
        text = shown(viewer_of(request), row, name)
        if text:
            return str(text)
    return ""
