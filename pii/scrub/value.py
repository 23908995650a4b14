"""Replace one person's identifiers in text and in JSON: nested values, keys, and JSON that was stored as text."""

from __future__ import annotations

import json
from typing import Any

from ..identifiers.matcher import Matcher

MARKER = "[erased]"
_DEEPEST = 200  # PostgreSQL itself refuses far deeper documents


def scrub_text(text: str, matcher: Matcher, *, names: bool = False) -> tuple[str, int]:
    """Text without the identifiers, and the number of passages replaced.

    Text that is a JSON document stays one. Running it again on its own result changes nothing.
    """
    stripped = text.strip()
    if stripped[:1] in ("{", "[") and stripped[-1:] in ("}", "]"):
        try:
            document = json.loads(text)
        except (ValueError, RecursionError):
            pass
        else:
            cleaned, count = scrub_value(document, matcher, names=names)
            return (json.dumps(cleaned, ensure_ascii=False), count) if count else (text, 0)
    return matcher.replace(text, MARKER, names=names)


def scrub_value(value: Any, matcher: Matcher, *, names: bool = False, depth: int = 0) -> tuple[Any, int]:
    """Any JSON value without the identifiers, and the number of passages replaced.

    Keys are scrubbed like values; where two keys become one, both values are kept under numbered keys. Numbers that
    spell a phone number are replaced too.
    """
    if isinstance(value, str):
        return scrub_text(value, matcher, names=names)
    if isinstance(value, bool) or value is None:
        return value, 0
    if isinstance(value, (int, float)):
        return (MARKER, 1) if len(str(value)) >= 7 and matcher.find(str(value)) else (value, 0)
    if depth > _DEEPEST:
        return MARKER, 1
    total = 0
    if isinstance(value, dict):
        result: dict[str, Any] = {}
        for key, inner in value.items():
            new_key, in_key = scrub_text(str(key), matcher, names=names)
            new_value, in_value = scrub_value(inner, matcher, names=names, depth=depth + 1)
            result[_free_key(result, new_key)] = new_value
            total += in_key + in_value
        return (result, total) if total else (value, 0)
    if isinstance(value, (list, tuple)):
        items = []
        for inner in value:
            new_value, count = scrub_value(inner, matcher, names=names, depth=depth + 1)
            items.append(new_value)
            total += count
        return (items, total) if total else (value, 0)
    return scrub_text(str(value), matcher, names=names)


def _free_key(taken: dict[str, Any], key: str) -> str:
    number, candidate = 2, key
    while candidate in taken:
        candidate, number = f"{key} {number}", number + 1
    return candidate
