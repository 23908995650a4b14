"""The SQL that tells PostgreSQL the scope: always ``SET LOCAL``, so that it ends with the transaction.

Session-level settings leak through persistent connections and transaction poolers; SET LOCAL never outlives COMMIT.
https://www.postgresql.org/docs/current/sql-set.html
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache

from tenancy.conf import role_name
from tenancy.scope import Scope, ScopeKind, current_scope

PREFIX = "SET LOCAL ROLE "

_narrow: ContextVar[str | None] = ContextVar("tenancy_narrow_role", default=None)


@contextmanager
def narrow_role(role: str) -> Iterator[None]:
    """Run statements under one narrow role (``import``, ``scan``, …) while the scope stays what it is."""
    token = _narrow.set(role)
    try:
        yield
    finally:
        _narrow.reset(token)


def database_kind(scope: Scope) -> str:
    """The word in ``tenancy.kind``; policies compare it, so that a bare SET ROLE reaches nothing."""
    if scope.kind is ScopeKind.STAFF and scope.content:
        return "content"
    return "identity" if scope.kind is ScopeKind.NONE else str(scope.kind)


def scope_said() -> tuple[Scope, str | None]:
    """What a message is about. The same two objects make the same message, which is cheaper to see than to write."""
    return current_scope(), _narrow.get()


def scope_message() -> str:
    """The statements for the scope of the running code, each ended with a semicolon."""
    return _message(*scope_settings())


def _role_of(scope: Scope) -> str:
    if scope.kind is ScopeKind.TENANT:
        return "tenant"
    return "wide" if scope.is_wide else "identity"


@lru_cache(maxsize=4096)
def _message(role: str, kind: str, tenant: str) -> str:
    quoted = role.replace('"', '""')
    return f"{PREFIX}\"{quoted}\"; SET LOCAL tenancy.kind = '{kind}'; SET LOCAL tenancy.tenant = '{tenant}'; "


def scope_settings() -> tuple[str, str, str]:
    """Role, kind and tenant of the scope of the running code, as `SETTINGS` takes them."""
    scope, role = scope_said()
    return role_name(role or _role_of(scope)), database_kind(scope), scope.reach


# The message as one statement that can be prepared.
SETTINGS = (
    "SELECT set_config('role', %s, true), set_config('tenancy.kind', %s, true), set_config('tenancy.tenant', %s, true)"
)


def strip_message(sql: str) -> str:
    """The statement alone, without BEGIN and the scope before it: logs and `connection.queries` show what was asked."""
    begin, prefix, rest = sql.partition(PREFIX)
    if not prefix or not (begin == "" or (begin.startswith("BEGIN") and begin.endswith("; "))):
        return sql
    return rest.split("; ", 3)[3]
