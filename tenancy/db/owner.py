"""The owner's connection: schema changes run as the owner of the tables, everything else as the serving login."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS, connections

from tenancy import conf

from .operations import has_wall_two


@contextmanager
def owner_connection(alias: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Run a block as the tables' owner, without a scope.

    Does nothing on a database without wall 2, or where ``TENANCY["OWNER_DATABASE"]`` names nobody. The connection is
    closed on entry and on exit, so no transaction may be open. Raises RuntimeError where one is.
    """
    connection = connections[alias]
    find_owner = conf.load("OWNER_DATABASE")
    owner = find_owner() if find_owner and has_wall_two(connection) else None
    if owner is None or connection.settings_dict.get("TENANCY_SCOPE") is False:
        yield
        return
    if connection.in_atomic_block:
        raise RuntimeError("The owner's connection was asked for inside a transaction: leave it first.")
    serving = {key: connection.settings_dict.get(key) for key in ("USER", "PASSWORD", "HOST", "PORT")}
    options = connection.settings_dict["OPTIONS"]
    connection.close()
    connection.settings_dict.update({key: owner.get(key, "") for key in serving}, TENANCY_SCOPE=False, OPTIONS={})
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(serving, TENANCY_SCOPE=True, OPTIONS=options)
