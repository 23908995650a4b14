"""Pages through the staged rows of an import, by line, a bounded number at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from .database import ROWS, rows
from .models import MemberImport
from .targets import TARGETS

PAGE = 50
LISTS = ("new", "changed", "unchanged", "skipped", "refused", "missing")


def page(item: MemberImport, action: str, after: int | None = None, size: int = PAGE) -> list[dict[str, Any]]:
    """Up to `size` rows of one list behind line `after`, each as a dict for pages and files.

    Missing people stand below line 0, in the order of their addresses.
    """
    target = TARGETS[item.target]
    staged = [column.staged for column in target.stated]
    down = action == "missing"
    behind = "" if after is None else "AND line < %(after)s" if down else "AND line > %(after)s"
    found = rows(
        f"SELECT line, last_line, key, note, before, {', '.join(staged)} FROM {ROWS} WHERE import_id = %(import)s "
        f"AND action = %(action)s {behind} "
        f"ORDER BY line {'DESC' if down else ''} LIMIT %(size)s",
        item,
        action=action,
        after=after,
        size=size,
    )
    return [_shown(item, target.stated, row) for row in found]


def pages(item: MemberImport, action: str) -> Iterator[dict[str, Any]]:
    """All rows of one list, read in pages."""
    after: int | None = None
    while batch := page(item, action, after, 1000):
        yield from batch
        after = batch[-1]["line"]


def _shown(item: MemberImport, columns: Any, row: tuple[Any, ...]) -> dict[str, Any]:
    line, last_line, key, note, before, *values = row
    note = _loaded(note)
    before = _loaded(before)
    stated: dict[str, Any] = {}
    for column, value in zip(columns, values, strict=True):
        if value is not None:
            stated[column.field] = _read(column, value)
    changes = [
        {"field": name, "before": before[name], "after": value}
        for name, value in stated.items()
        if before and name in before and _differs(before[name], value)
    ]
    return {
        "line": line,
        "last_line": last_line,
        "key": key,
        "values": stated,
        "before": before,
        "changes": changes,
        "reason": note.get("reason", ""),
        "problems": note.get("problems", []),
    }


def _read(column: Any, value: str) -> Any:
    if column.cast == "jsonb":
        return json.loads(value)
    return value == "t" if column.cast == "boolean" else value


def _differs(before: Any, value: Any) -> bool:
    """As `Column.differs` tells it: names in a document stay unless they are stated."""
    return bool((before | value if isinstance(before, dict) else value) != before)


def _loaded(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else (value or {})
