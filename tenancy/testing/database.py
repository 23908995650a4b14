"""Test databases as production has them: built and flushed by the owner, served as the login role."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.test.utils import setup_databases, teardown_databases

from tenancy.db.owner import owner_connection
from tenancy.scope import system_scope


@contextmanager
def served_test_databases(*, alias: str = DEFAULT_DB_ALIAS, **options: Any) -> Iterator[None]:
    """Create the test databases as the owner, give them back to the login role for the block, then drop them.

    `options` go to `django.test.utils.setup_databases`; with ``keepdb`` they stay. Raises AssertionError when the
    tests would run as a role that row-level security does not bind.
    """
    with owner_connection(alias), system_scope(reason="test database"):
        created = setup_databases(**options)
    refuse_powerful_role(alias)
    try:
        yield
    finally:
        if not options.get("keepdb"):
            connections[alias].close()
            with owner_connection(alias):
                teardown_databases(created, verbosity=options.get("verbosity", 1))


def refuse_powerful_role(alias: str = DEFAULT_DB_ALIAS) -> None:
    """Raise AssertionError when the connection's role is superuser, BYPASSRLS, an owner of tables, or inherits one."""
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "SELECT r.rolname FROM pg_roles r WHERE pg_has_role(session_user, r.oid, 'USAGE') AND (r.rolsuper OR "
            "r.rolbypassrls OR EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE c.relowner = r.oid AND n.nspname = 'public'))",
            [],
        )
        powerful = [name for (name,) in cursor.fetchall()]
    if powerful:
        raise AssertionError(
            f"Tests would run with the power of {', '.join(powerful)} (superuser, BYPASSRLS or owner of the tables): "
            "every policy would be passed by. Point DATABASE_URL at the serving login "
            "and DATABASE_OWNER_URL at the owner."
        )
