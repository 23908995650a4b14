"""The SQL in which a refused row says what is wrong with it, and the statement that refuses rows."""

from __future__ import annotations

from typing import Any

from .database import ROWS, run
from .models import MemberImport


def problem(code: str, column: str, shown: str, reason: str, remedy: str) -> str:
    """SQL of a refused row's note; `column`, `shown` and `reason` are SQL, `remedy` is a sentence."""
    words = remedy.replace("'", "''")
    return (
        f"jsonb_build_object('problems', jsonb_build_array(jsonb_build_object('code', '{code}', 'column', {column}, "
        f"'value', {shown}, 'reason', {reason}, 'remedy', '{words}')))"
    )


def header(item: MemberImport, field: str) -> str:
    """The name of the column that feeds `field`, as SQL text."""
    return "'" + str(item.detected.get("column_of", {}).get(field, field)).replace("'", "''").replace("%", "%%") + "'"


def refuse(item: MemberImport, condition: str, note: str, source: str = "", **more: Any) -> int:
    """Refuse the good rows that fit `condition`; `source` adds tables to look at."""
    return run(
        f"UPDATE {ROWS} s SET action = 'refused', note = {note} {source} "
        f"WHERE s.import_id = %(import)s AND s.action IN ('new', 'changed') AND {condition}",
        item,
        **more,
    )
