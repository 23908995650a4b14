"""Values in words, for differences, inherited values and places that may not be edited."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from ..documents import ABSENT, canonical, differences
from ..registry import humanize
from ..secrets import is_sealed


def show(value: Any, schema: Mapping[str, Any] | None = None) -> str:
    """A JSON value (or ABSENT) as people read it; a secret as dots."""
    schema = schema or {}
    if schema.get("x-secret") or is_sealed(value):
        return "••••••••" if value is not ABSENT and value is not None else _("not set")
    if value is ABSENT:
        return _("not set")
    titles = dict(zip(map(canonical, schema.get("enum", ())), schema.get("x-enum-titles", ()), strict=False))
    if titles and not isinstance(value, dict | list) and canonical(value) in titles:
        return str(titles[canonical(value)])
    if value is None:
        return _("no value")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        items = schema.get("items")
        return ", ".join(show(item, items) for item in value) or _("empty list")
    if isinstance(value, dict):
        parts = schema.get("properties", {})
        return "; ".join(f"{_title(parts.get(key), key)}: {show(value[key], parts.get(key))}" for key in value) or "{}"
    if isinstance(value, str):
        return value or _("empty text")
    unit = schema.get("x-unit")
    return f"{json.dumps(value)} {unit}" if unit else json.dumps(value)


def _title(schema: Any, key: str) -> str:
    return str((schema or {}).get("title") or humanize(str(key)))


def changed_places(schema: Mapping[str, Any], before: Any, after: Any) -> Iterator[tuple[str, str, str]]:
    """(place, before, after) in words, for every place where two values of one setting differ."""
    for path, old, new in differences(before, after):
        part: Mapping[str, Any] = schema
        words = []
        for step in path:
            part = part.get("properties", {}).get(step, {})
            words.append(_title(part, str(step)))
        yield " → ".join(words), show(old, part), show(new, part)
