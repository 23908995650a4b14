"""Wall 2's carrier: a database wrapper whose every statement runs in the scope of the code that asked for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from django.db.backends.postgresql import base, operations
from django.db.backends.postgresql.psycopg_any import register_tzloader

from tenancy.db.message import strip_message
from tenancy.exceptions import ScopeNotAllowed
from tenancy.scope import Scope, ScopeKind, current_scope, scope_opened
from tenancy.signals import scope_opening

from .connection import ScopedConnection, ScopedCursorMixin


class Cursor(ScopedCursorMixin, base.CursorMixin, psycopg.ClientCursor):  # type: ignore[misc]
    """Binds on the client, so that the scope travels in the statement's own message."""


class ServerBindingCursor(ScopedCursorMixin, base.CursorMixin, psycopg.Cursor):  # type: ignore[misc]
    """Binds on the server (prepared statements): the scope goes with BEGIN, or ahead in the statement's pipeline."""

    takes_prefix = False
    takes_pipeline = True


class ServerSideCursor(ScopedCursorMixin, base.ServerSideCursor):  # type: ignore[misc]
    """A named cursor: its DECLARE takes no prefix."""

    takes_prefix = False


class ServerSideBindingCursor(ScopedCursorMixin, psycopg.ServerCursor):  # type: ignore[misc]
    """A named cursor that binds on the server."""

    takes_prefix = False


class _Driver:
    """psycopg with our connection class in the place of its own."""

    connect = staticmethod(ScopedConnection.connect)

    def __getattr__(self, name: str) -> Any:
        return getattr(psycopg, name)


class DatabaseOperations(operations.DatabaseOperations):
    """Shows statements without the scope that travelled with them."""

    def last_executed_query(self, cursor: Any, sql: str, params: Any) -> Any:
        text = super().last_executed_query(cursor, sql, params)
        return None if text is None else strip_message(text)


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's wrapper; set ``TENANCY_SCOPE`` to False in a database's settings for the owner's connection."""

    Database = _Driver()
    ops_class = DatabaseOperations

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.wide_savepoints: set[str] = set()

    @property
    def pool(self) -> Any:
        options = self.settings_dict["OPTIONS"]
        if given := options.get("pool"):
            options["pool"] = {"connection_class": ScopedConnection, **({} if given is True else given)}
        return super().pool

    def get_connection_params(self) -> dict[str, Any]:
        params: dict[str, Any] = super().get_connection_params()
        binding = self.settings_dict["OPTIONS"].get("server_side_binding") is True
        params["cursor_factory"] = ServerBindingCursor if binding else Cursor
        return params

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        connection.carries_scope = self.settings_dict.get("TENANCY_SCOPE", True)
        connection.server_cursor_factory = ServerSideBindingCursor
        if connection.carries_scope and connection.info.parameter_status("is_superuser") == "on":
            connection.close()
            raise ImproperlyConfigured(
                "The serving connection is a superuser, whom row-level security does not bind. "
                "Serve as the login role that `manage.py tenancy_roles` creates."
            )
        return connection

    def create_cursor(self, name: str | None = None) -> Any:
        if name and self.settings_dict["OPTIONS"].get("server_side_binding") is not True:
            cursor = ServerSideCursor(self.connection, name=name, scrollable=False, withhold=self.connection.autocommit)
            register_tzloader(self.timezone, cursor)
            return cursor
        return super().create_cursor(name)

    def _savepoint(self, sid: str) -> None:
        super()._savepoint(sid)
        if current_scope().is_wide:
            self.wide_savepoints.add(sid)
        else:
            self.wide_savepoints.discard(sid)

    def has_wide_savepoint(self) -> bool:
        """Whether a savepoint is open that was taken in staff or system scope."""
        return self.in_atomic_block and not self.wide_savepoints.isdisjoint(sid for sid in self.savepoint_ids if sid)

    def on_commit(self, func: Callable[[], object], robust: bool = False) -> None:
        """Run `func` after commit in the scope it was registered in, not in the one at COMMIT."""
        scope = current_scope()

        def in_scope() -> object:
            with scope_opened(scope):
                return func()

        super().on_commit(in_scope, robust=robust)


def _refuse_above_wide_savepoint(scope: Scope, previous: Scope, **kwargs: Any) -> None:
    # ROLLBACK TO SAVEPOINT would bring the wider role back under code that believes itself in one tenant.
    if scope.kind is not ScopeKind.TENANT:
        return
    for connection in connections.all(initialized_only=True):
        if isinstance(connection, DatabaseWrapper) and connection.has_wide_savepoint():
            raise ScopeNotAllowed(
                "A tenant's scope may not open while a wider scope holds an open savepoint: "
                "leave the inner transaction.atomic() first."
            )


scope_opening.connect(_refuse_above_wide_savepoint, dispatch_uid="tenancy-wide-savepoint")
