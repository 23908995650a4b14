"""Runs the engine's statements with one import's parameters."""

from __future__ import annotations

from typing import Any

from django.db import connection

from .choices import Choices
from .models import MemberImport
from .targets import TARGETS

ROWS = "staging.import_row"


def audience_of(item: MemberImport) -> str:
    """Which scope kind of staff sees the rows: people are the directory, everything else wants a staff session."""
    return "staff" if TARGETS[item.target].people else "content"


def parameters(item: MemberImport, **more: Any) -> dict[str, Any]:
    """What every statement may name."""
    choices = Choices.load(item.choices)
    return {
        "import": item.pk,
        "tenant": item.tenant_id,
        "reason": item.reason,
        "default_role": str(choices.default_role),
        "audience": audience_of(item),
        **more,
    }


def run(sql: str, item: MemberImport, **more: Any) -> int:
    """Run a statement; returns how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters(item, **more))
        return int(cursor.rowcount)


def rows(sql: str, item: MemberImport, **more: Any) -> list[tuple[Any, ...]]:
    """Run a query; returns its rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters(item, **more))
        return list(cursor.fetchall())


def value(sql: str, item: MemberImport, **more: Any) -> Any:
    """Run a query; returns the first column of its only row."""
    return rows(sql, item, **more)[0][0]
