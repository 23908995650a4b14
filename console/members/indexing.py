"""Adds the staff's search words for the people of a large import, after the merge instead of inside it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from django.db import connection, transaction

from tenancy import system_scope

from .database import parameters
from .models import MemberImport

AT_ONCE = 2_000
"""Imports up to this many rows are searchable as soon as they are written."""


def written(key: str, unless: str) -> str:
    """SQL of an array: `key` of the members whom the import wrote, without those that `unless` is true of.

    Rows are fetched by an array of their keys, never joined: with statistics taken before a tenant's import the planner
    believes that it has no members, and walks all ten thousand of them for each (measured: 60 seconds for 1.5).
    """
    return (
        f"ARRAY(SELECT DISTINCT h.{key} FROM console_historicalusertenantmembership h WHERE h.tenant_id = %(tenant)s "
        f"AND h.history_change_reason = %(reason)s AND NOT EXISTS ({unless}))"
    )


def _tokens(kind: str, table: str, key: str, pieces: str) -> str:
    """In the order of the index over words, each once: cheaper than to ask for every person alone."""
    known = f"SELECT FROM operations_searchtoken t WHERE t.object_id = h.{key} AND t.kind = '{kind}'"
    return f"""
        INSERT INTO operations_searchtoken (kind, token, object_id)
        SELECT DISTINCT '{kind}', left(word, 100) COLLATE "C", id
        FROM (SELECT o.id, unnest({pieces}) AS word FROM {table} o WHERE o.id = ANY ({written(key, known)})) AS words
        WHERE word <> '' ORDER BY 2, 3"""


_PEOPLE = _tokens(
    "person",
    "accounts_user",
    "user_id",
    "operations_search_pieces(o.email::text) || operations_search_pieces(o.full_name::text)",
)
_MEMBERS = _tokens(
    "membership",
    "tenancy_usertenantmembership",
    "id",
    "operations_search_pieces(o.display_name::text) || operations_search_pieces(o.external_id::text)",
)

FURTHER: list[str] = []
"""Statements by which other apps add words of their own; they name the parameters of `parameters`."""


def later(on: bool) -> None:
    """Tell the triggers of this transaction whether words come later."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL operations.search_later = %s", ["on" if on else "off"])


def index(item: MemberImport) -> int:
    """Add the words that are missing for everybody whom the import wrote; run again, it adds nothing.

    Two statements at a time, each over a connection of its own; in a transaction one after the other, since nobody
    else sees its rows.
    """
    statements = [*FURTHER, _PEOPLE, _MEMBERS]
    if connection.in_atomic_block:
        return sum(_add(item, statement) for statement in statements)
    with ThreadPoolExecutor(2) as pool:
        return sum(pool.map(lambda statement: _add_apart(item, statement), statements))


def _add_apart(item: MemberImport, statement: str) -> int:
    try:
        return _add(item, statement)
    finally:
        connection.close()


def _add(item: MemberImport, statement: str) -> int:
    with system_scope(reason=f"search words of {item.reason}"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'")  # to sort the words of thousands
        cursor.execute(statement, parameters(item))
        return int(cursor.rowcount)
