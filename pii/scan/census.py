"""Every table of the database and its searchable columns, whether a model knows them or not."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

SAFE_TYPES = frozenset(
    "bool int2 int4 int8 oid float4 float8 numeric date time timetz timestamp timestamptz interval uuid tid xid".split()
)
"""Types that cannot hold an address, a name or a formatted number. Everything else is read as text."""

# The catalogue behind information_schema: the view itself hides what the current role may not read, and a table that
# is hidden would pass for a table that is clean.
QUERY = """
SELECT n.nspname, c.relname, c.oid::bigint, c.reltuples::bigint,
       has_table_privilege(c.oid, 'SELECT') OR has_any_column_privilege(c.oid, 'SELECT'),
       coalesce(array_agg(a.attname ORDER BY a.attnum) FILTER (WHERE i.indisprimary IS TRUE), '{}'),
       array_agg(a.attname ORDER BY a.attnum),
       array_agg(coalesce(b.typname, t.typname) ORDER BY a.attnum)
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_type b ON b.oid = nullif(t.typbasetype, 0)
LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary AND a.attnum = ANY (i.indkey)
WHERE c.relkind IN ('r', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND n.nspname NOT LIKE 'pg_toast%%' AND n.nspname NOT LIKE 'pg_temp%%'
GROUP BY n.nspname, c.relname, c.oid, c.reltuples
ORDER BY n.nspname, c.relname
"""


@dataclass(frozen=True)
class Table:
    """One table as the scan sees it."""

    schema: str
    name: str
    oid: int
    estimate: int
    readable: bool
    key: tuple[str, ...]
    columns: tuple[tuple[str, str], ...]  # searchable: (name, type)
    tenant_column: str

    @property
    def label(self) -> str:
        return self.name if self.schema == "public" else f"{self.schema}.{self.name}"

    @property
    def quoted(self) -> str:
        quote = connection.ops.quote_name
        return f"{quote(self.schema)}.{quote(self.name)}"


def census() -> list[Table]:
    """Every table outside the system's own schemas."""
    with connection.cursor() as cursor:
        cursor.execute(QUERY)
        rows = cursor.fetchall()
    tables = []
    for schema, name, oid, estimate, readable, key, names, types in rows:
        pairs = list(zip(names, types, strict=True))
        searchable = tuple((column, kind) for column, kind in pairs if kind not in SAFE_TYPES)
        tenant = next((column for column in ("tenant_id", "tenant_key", "limited_to") if column in names), "")
        tables.append(Table(schema, name, oid, max(estimate, 0), readable, tuple(key), searchable, tenant))
    return tables


def text_of(column: str, kind: str) -> str:
    """The SQL that COPY writes as text; bytes with their printable parts readable."""
    quoted = connection.ops.quote_name(column)
    return f"encode({quoted}, 'escape')" if kind == "bytea" else quoted
