"""Canonical text, digests and differences of JSON: what changed, whatever order jsonb returned the keys in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from .errors import Path

ABSENT: Any = type("Absent", (), {"__repr__": lambda self: "ABSENT", "__bool__": lambda self: False})()
"""No value at all; None is a value (JSON's null)."""


def canonical(value: Any) -> str:
    """One text per JSON value: sorted keys, and 1.0 is 1 as in JSON Schema."""
    return json.dumps(_plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _plain(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def same(left: Any, right: Any) -> bool:
    """Whether two JSON values (or ABSENT) are equal; true is not 1."""
    if left is ABSENT or right is ABSENT:
        return left is right
    return canonical(left) == canonical(right)


def digest(value: Any) -> str:
    """A short digest of a value or ABSENT, to notice that it changed."""
    text = "absent" if value is ABSENT else canonical(value)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:20]


def differences(before: Any, after: Any, path: Path = ()) -> Iterator[tuple[Path, Any, Any]]:
    """The deepest places where two values differ, as (path, before, after) with ABSENT for a missing side.

    Objects are compared by key; lists as a whole, since a moved entry is one change and not many.
    """
    if isinstance(before, dict) and isinstance(after, dict):
        for key in [*before, *(key for key in after if key not in before)]:
            yield from differences(before.get(key, ABSENT), after.get(key, ABSENT), (*path, key))
    elif not same(before, after):
        yield path, before, after
