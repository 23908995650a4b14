"""Rewrite cells that must be read first (scrubbed text and JSON), many rows in one UPDATE."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from django.db import connection, models


def rewrite_column(
    model: type[models.Model], key: str, keys: Iterable[str], name: str, change: Callable[[Any], Any]
) -> int:
    """Apply `change` to the column `name` of the rows whose column `key` is in `keys`; returns how many changed.

    Reads and writes by key only; rows that do not change are not written.
    """
    field: Any = model._meta.get_field(name)
    pk: Any = model._meta.pk
    rows = model._base_manager.filter(**{f"{key}__in": list(keys)}).order_by().values_list("pk", name)
    changed: list[tuple[str, str]] = []
    for row_key, value in rows:
        if value in (None, "", {}, []):
            continue
        new = change(value)
        if new != value:
            stored = json.dumps(new, ensure_ascii=False) if isinstance(field, models.JSONField) else str(new)
            changed.append((str(row_key), stored))
    if not changed:
        return 0
    quote = connection.ops.quote_name
    cast = "::jsonb" if isinstance(field, models.JSONField) else ""
    sql = (  # identifiers come from the models, values are bound
        f"UPDATE {quote(model._meta.db_table)} AS t SET {quote(field.column)} = v.new{cast} "  # noqa: S608
        "FROM unnest(%s::text[], %s::text[]) AS v(key, new) "
        f"WHERE t.{quote(pk.column)} = v.key::{pk.rel_db_type(connection)}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [[row[0] for row in changed], [row[1] for row in changed]])
        return int(cursor.rowcount)
