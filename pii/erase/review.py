"""One passage of the review queue: shown where it stands, and redacted there."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import DatabaseError, connection, models, transaction

from tenancy.db.message import narrow_role

from ..exceptions import RequestRefused
from ..identifiers import Identifiers
from ..models import ReviewItem
from ..scrub import scrub_value
from .files import excerpt, place_of, remove_file
from .mentions import _field_name, scrub_cells

AROUND = 120


@dataclass(frozen=True)
class Passage:
    """Before and after, side by side."""

    before: str
    after: str


def model_of(item: ReviewItem) -> type[models.Model] | None:
    """The model behind the passage's table, or None for a table without one."""
    found = (model for model in apps.get_models(include_auto_created=True) if model._meta.db_table == item.table)
    return next(found, None)


def passage(item: ReviewItem, identifiers: Identifiers) -> Passage:
    """The cell around the first hit, and the same redacted."""
    place = place_of(item)
    value = excerpt(*place, identifiers.matcher()) if place else _value(item)
    text = value if isinstance(value, str) else str(value if value is not None else "")
    hits = identifiers.matcher().find(text)
    if not hits:
        return Passage(text[: 2 * AROUND], text[: 2 * AROUND])
    start, end = max(0, hits[0].start - AROUND), hits[0].end + AROUND
    cut = text[start:end]
    if place:
        return Passage(cut, "[the file is deleted: files are not edited]")
    return Passage(cut, identifiers.matcher().replace(cut, "[erased]", names=True)[0])


def _value(item: ReviewItem) -> Any:
    model = model_of(item)
    if model is not None and len(item.key) == 1:
        name = _field_name(model, item.column)
        return model._base_manager.filter(pk=item.key[0]).values_list(name, flat=True).first()
    quote = connection.ops.quote_name
    # A schema that no model knows is open to the scan's role alone.
    with transaction.atomic(), narrow_role("scan"), connection.cursor() as cursor:
        where, keys = _where(item, cursor)
        cursor.execute(f"SELECT {quote(item.column)}::text FROM {_table(item)} WHERE {where}", keys)  # noqa: S608  # quoted names
        row = cursor.fetchone()
        return row[0] if row else None


def redact_cell(item: ReviewItem, identifiers: Identifiers) -> None:
    """Replace every identifier in the cell, names included. Raises RequestRefused where the database refuses."""
    if place := place_of(item):
        remove_file(item, *place, identifiers)
        return
    model = model_of(item)
    if model is not None and len(item.key) == 1:
        scrub_cells(model, _field_name(model, item.column), [item.key[0]], identifiers, names=True)
        return
    value = _value(item)
    cleaned, _count = scrub_value(value, identifiers.matcher(), names=True)
    with transaction.atomic(), narrow_role("scan"), connection.cursor() as cursor:
        where, keys = _where(item, cursor)
    column = connection.ops.quote_name(item.column)
    statement = f"UPDATE {_table(item)} SET {column} = %s WHERE {where}"  # noqa: S608  # quoted names
    for role in (nullcontext(), narrow_role("erase")):  # the second where `LetErasureRedact` opened the table
        try:
            with transaction.atomic(), role, connection.cursor() as cursor:
                cursor.execute(statement, [cleaned, *keys])
                if cursor.rowcount:
                    return
        except DatabaseError:
            continue
    raise RequestRefused(
        f"No model knows {item.table}, and the application may not change it: a database administrator must, or a "
        "migration with pii.operations.LetErasureRedact.",
        code="unknown_table",
    )


def _table(item: ReviewItem) -> str:
    return ".".join(connection.ops.quote_name(part) for part in item.table.split("."))


def _where(item: ReviewItem, cursor: Any) -> tuple[str, list[Any]]:
    cursor.execute(
        "SELECT a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_index i JOIN pg_attribute a "
        "ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey) WHERE i.indisprimary AND i.indrelid = %s::regclass "
        "ORDER BY a.attnum",
        [_table(item)],
    )
    columns = cursor.fetchall() or [("ctid", "tid")]
    names = [f"{connection.ops.quote_name(name) if name != 'ctid' else name} = %s::{kind}" for name, kind in columns]
    return " AND ".join(names), list(item.key)
