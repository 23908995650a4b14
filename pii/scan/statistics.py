"""The planner's statistics hold real values: read them where a role may, renew them everywhere."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection, transaction

from ..identifiers import Matcher
from .census import Table, census

QUERY = """
SELECT schemaname || '.' || tablename, attname,
       coalesce(most_common_vals::text, '') || ' ' || coalesce(histogram_bounds::text, '')
FROM pg_stats WHERE schemaname NOT IN ('pg_catalog', 'information_schema')
"""


def renew() -> int:
    """ANALYZE every table through the owner's function, so that erased values leave the statistics.

    Every table, because triggers, hooks and repairs write where no declaration says so; it is a sample of each.
    """
    count = 0
    for table in census():
        if table.columns:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT pii_analyze(%s::oid::regclass)", [table.oid])
            count += 1
    return count


def read(matcher: Matcher, tables: Iterable[Table]) -> tuple[int, list[tuple[str, str]]]:
    """How many statistics this role may see, and the columns whose values hold an identifier.

    Tables under row-level security are hidden from every ordinary role: the count says how much was seen.
    """
    hits: list[tuple[str, str]] = []
    seen = 0
    with connection.cursor() as cursor:
        cursor.execute(QUERY)
        for table, column, values in cursor.fetchall():
            seen += 1
            if matcher.find(values):
                hits.append((table.removeprefix("public."), column))
    return seen, hits
