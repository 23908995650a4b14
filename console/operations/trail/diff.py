"""What changed from one history row to the next: side by side, JSON by path, personal data covered."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Q

HIDDEN = "•••"
BOOKKEEPING = ("history_id", "history_date", "history_type", "history_change_reason", "history_user_id")
EMPTY = (None, "", "null", "{}", "[]", '""')
Hides = Callable[[Any, str], bool]


@dataclass(frozen=True, slots=True)
class Line:
    """One path of a row: what it held before and what it holds after."""

    path: str
    name: str
    before: Any
    after: Any
    is_covered: bool = False

    @property
    def is_changed(self) -> bool:
        return bool(self.before != self.after)


def previous(row: Any) -> Any:
    """The history row before this one, of the same object."""
    key = type(row).instance_type._meta.pk.attname
    before = Q(history_date__lt=row.history_date) | Q(history_date=row.history_date, history_id__lt=row.history_id)
    older = type(row)._default_manager.filter(before, **{key: getattr(row, key)})
    return older.order_by("-history_date", "-history_id").first()


def nothing(row: Any, name: str) -> bool:
    """Hides no column."""
    return False


def diff(before: Any, after: Any, *, hides: Hides = nothing, whole: bool = False) -> list[Line]:
    """Two rows of one model side by side (either may be None), JSON flattened by path. A deletion has no after,
    unless `whole` asks for what was deleted.

    Values for which ``hides(row, column)`` is true are covered; that they changed is said.
    """
    sides: list[dict[str, Any]] = [_side(before, whole=whole), _side(after, whole=whole)]
    names = {path: name for side in sides for path, (name, _) in side.items()}
    row = after if after is not None else before
    lines, covered = [], set()
    for path, name in names.items():
        old, new = (side.get(path, (name, None))[1] for side in sides)
        if not hides(row, name):
            lines.append(Line(path, name, old, new))
        elif name not in covered:  # one line, whatever is inside: the keys of a JSON value can name a person too
            covered.add(name)
            inside = [part for part, owner in names.items() if owner == name]
            values = [[side.get(part, (name, None))[1] for part in inside] for side in sides]
            lines.append(Line(name, name, *_covered(*values), is_covered=True))
    return lines


def _side(row: Any, *, whole: bool) -> dict[str, tuple[str, Any]]:
    if row is None or (getattr(row, "history_type", "") == "-" and not whole):
        return {}
    return {path: (name, value) for name, path, value in flat(row)}


def _covered(old: list[Any], new: list[Any]) -> tuple[str, str]:
    before, after = (HIDDEN if any(value not in EMPTY for value in side) else "" for side in (old, new))
    return (before, after) if old == new else (before, f"{HIDDEN} (changed)")


def flat(row: Any) -> Iterator[tuple[str, str, Any]]:
    """(column, path, value) of the tracked model in a row, JSON values by path."""
    for field in type(row)._meta.concrete_fields:
        if field.attname in BOOKKEEPING or field.attname.startswith("history_"):
            continue
        value = field.value_from_object(row)
        if isinstance(field, models.JSONField):
            yield from ((field.name, path, leaf) for path, leaf in flat_json(field.name, value))
        else:
            yield field.name, field.name, value


def flat_json(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    """The leaves of a JSON value by dotted path; an empty container is a leaf."""
    if isinstance(value, dict) and value:
        for key in sorted(value):
            yield from flat_json(f"{path}.{key}", value[key])
    elif isinstance(value, list) and value:
        for index, item in enumerate(value):
            yield from flat_json(f"{path}.{index}", item)
    else:
        yield path, json.dumps(value, ensure_ascii=False)
