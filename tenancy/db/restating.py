"""Brings the policies of a database that exists already to what this version of the code declares of its tables.

Migrations raise a wall once; when the text of a policy changes afterwards, `migrate` states it again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .briefly import briefly
from .catalog import Table, read_catalog
from .policies import FUNCTIONS, RowPolicy, TablePolicy, quote
from .policy_text import same_rows

_LOCK = 7_370_001  # one statement of the functions at a time; the number means nothing


def restate_policies(connection: Any, declared: Mapping[str, TablePolicy]) -> list[str]:
    """Mend missing and outdated policies; the names of the tables. Needs the owner's connection.

    Grants, and policies that nobody declared, stay as they are: `manage.py isolation` calls a surplus of either a
    hole. Tables whose row-level security is off are left alone: wall 2 has not been raised there yet.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regprocedure('tenancy.current_tenant()') IS NOT NULL", [])
        if not cursor.fetchone()[0]:
            return []
    restated = []
    catalog = read_catalog(connection)
    with connection.schema_editor(atomic=False) as editor:
        briefly(editor, f"SELECT pg_advisory_xact_lock({_LOCK})", FUNCTIONS)
        for name, policy in declared.items():
            table = catalog.tables.get(name)
            outdated = [one for one in policy.rows() if not _stands(table, one)] if table and table.rls else []
            if outdated:
                drop = [f"DROP POLICY IF EXISTS {one.name} ON {quote(name)}" for one in outdated]
                briefly(editor, *drop, *(one.create(name) for one in outdated))  # the site may be up
                restated.append(name)
    return restated


def _stands(table: Table, wanted: RowPolicy) -> bool:
    return any(
        one.name == wanted.name
        and one.permissive is not wanted.restrictive
        and same_rows(one.using, wanted.rows)
        and same_rows(one.check, wanted.check)
        for one in table.policies
    )
