"""Schema changes on a table that is being written to: short locks or none, tried again until they succeed.

A statement that waits for ACCESS EXCLUSIVE makes every later writer wait behind it. So it gives up after
``TENANCY["LOCK_TIMEOUT_MS"]`` and comes back after a pause, until ``TENANCY["LOCK_PATIENCE_SECONDS"]`` are over.
https://www.postgresql.org/docs/current/explicit-locking.html
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

from django.db import OperationalError, transaction

from tenancy import conf
from tenancy.exceptions import TenancyError

from .policies import quote

LOCK_NOT_AVAILABLE = "55P03"
FIRST_PAUSE_SECONDS = 0.05
LONGEST_PAUSE_SECONDS = 2.0


def briefly(schema_editor: Any, *statements: str) -> None:
    """Execute statements in one transaction that never makes a writer wait longer than the lock timeout.

    Inside a migration that is atomic they simply run. Raises TenancyError, naming who holds the locks, when patience
    ends.
    """
    with_short_locks(schema_editor, lambda: [schema_editor.execute(one, params=None) for one in statements])


def with_short_locks(schema_editor: Any, act: Callable[[], Any]) -> None:
    """The same for anything that executes statements. `act` is called again after a lock was not had."""
    connection = schema_editor.connection
    if schema_editor.collect_sql or connection.in_atomic_block:
        act()
        return
    deadline = time.monotonic() + float(conf.get("LOCK_PATIENCE_SECONDS"))
    pause = FIRST_PAUSE_SECONDS
    while True:
        try:
            with transaction.atomic(using=connection.alias):
                _set_lock_timeout(connection)
                act()
            return
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") != LOCK_NOT_AVAILABLE:
                raise
            if time.monotonic() > deadline:
                raise TenancyError(
                    f"The lock was not free within {conf.get('LOCK_PATIENCE_SECONDS')} s. "
                    f"Longest open transactions: {_oldest_transactions(connection)}. End them and run this again."
                ) from error
        time.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - spreads retries, guards nothing
        pause = min(pause * 1.5, LONGEST_PAUSE_SECONDS)


def _set_lock_timeout(connection: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{int(conf.get('LOCK_TIMEOUT_MS'))}ms"])


def _oldest_transactions(connection: Any) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid, extract(epoch FROM now() - xact_start)::int FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL "
            "ORDER BY xact_start LIMIT 3",
            [],
        )
        return ", ".join(f"process {pid} ({seconds} s)" for pid, seconds in cursor.fetchall()) or "none any more"


def unique_index_concurrently(schema_editor: Any, table: str, name: str, columns: str, where: str = "") -> None:
    """Build a unique index while writers go on; one that a kill left half-built is dropped first."""
    if schema_editor.connection.in_atomic_block and not schema_editor.collect_sql:
        schema_editor.execute(f"CREATE UNIQUE INDEX IF NOT EXISTS {quote(name)} ON {quote(table)} ({columns}){where}")
        return
    valid = None if schema_editor.collect_sql else index_is_valid(schema_editor.connection, name)
    if valid:
        return
    if valid is False:
        schema_editor.execute(f"DROP INDEX CONCURRENTLY {quote(name)}", params=None)
    schema_editor.execute(
        f"CREATE UNIQUE INDEX CONCURRENTLY {quote(name)} ON {quote(table)} ({columns}){where}", params=None
    )


def index_is_valid(connection: Any, name: str) -> bool | None:
    """Whether the index is complete; None where there is none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT i.indisvalid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
            "WHERE c.relname = %s AND pg_table_is_visible(c.oid)",
            [name],
        )
        row = cursor.fetchone()
    return None if row is None else bool(row[0])


def constraint_exists(connection: Any, table: str, name: str) -> bool:
    """Whether the table has a constraint of this name."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_constraint WHERE conrelid = %s::regclass AND conname = %s", [quote(table), name]
        )
        return cursor.fetchone() is not None
