"""What the running code may touch: one scope, held in a context variable.

The ORM (`tenancy.managers`) and the database connection (`tenancy.db.postgresql`) both read it.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from contextlib import ContextDecorator
from contextvars import ContextVar, Token
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from .exceptions import TenantScopeRequired
from .signals import scope_opening

if TYPE_CHECKING:
    from .models import Tenant


F = TypeVar("F", bound=Callable[..., Any])


class ScopeKind(StrEnum):
    """The five kinds of scope, from nothing to everything."""

    NONE = "none"
    IDENTITY = "identity"
    TENANT = "tenant"
    STAFF = "staff"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Scope:
    """What may be touched.

    `tenant_id` is set in tenant scope only. `actor_id` and `reason` are set in staff and system scope and say on whose
    behalf and why. `content` (staff scope) names the tenants whose records are open in a staff session; the directory
    of tenants and memberships needs none.
    """

    kind: ScopeKind = ScopeKind.NONE
    tenant_id: UUID | None = None
    actor_id: object | None = None
    reason: str = ""
    content: frozenset[UUID] = frozenset()

    @property
    def is_wide(self) -> bool:
        """Whether rows of more than one tenant are in reach."""
        return self.kind in (ScopeKind.STAFF, ScopeKind.SYSTEM)

    @property
    def reach(self) -> str:
        """Whose records these are, as the database is told: one key, an array of keys for staff, or nothing."""
        if self.content:
            return "{" + ",".join(sorted(map(str, self.content))) + "}"
        return str(self.tenant_id or "")


_NONE = Scope()
_current: ContextVar[Scope] = ContextVar("tenancy_scope", default=_NONE)


def current_scope() -> Scope:
    """The scope of the running code; kind ``none`` where nobody opened one."""
    return _current.get()


def current_tenant_id() -> UUID | None:
    """The key of the tenant in scope, or None outside tenant scope."""
    return _current.get().tenant_id


def current_tenant() -> Tenant | None:
    """The tenant in scope, or None outside tenant scope. Costs one query per call unless the middleware set it."""
    tenant_id = current_tenant_id()
    if tenant_id is None:
        return None
    from .models import Tenant

    return Tenant.objects.get(pk=tenant_id)


def require_tenant_id() -> UUID:
    """The key of the tenant in scope. Raises TenantScopeRequired outside tenant scope."""
    tenant_id = current_tenant_id()
    if tenant_id is None:
        raise TenantScopeRequired(
            "This needs one tenant, and the scope is "
            f"'{current_scope().kind}'. Open one: `with tenant_scope(tenant): ...`."
        )
    return tenant_id


def require_content(tenant_id: UUID) -> None:
    """Raise TenantScopeRequired unless this tenant's records are in scope; for what no queryset guards, like files."""
    scope = _current.get()
    if scope.kind is ScopeKind.SYSTEM or tenant_id == scope.tenant_id or tenant_id in scope.content:
        return
    raise TenantScopeRequired(
        f"These are a tenant's records, and the scope is '{scope.kind}': staff open a staff session for that tenant.",
        tenant_id=tenant_id,
    )


class _Opened(ContextDecorator):
    """A scope as a context manager, an async context manager and a decorator of either kind of function."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._tokens: list[Token[Scope]] = []

    def __enter__(self) -> Scope:
        scope_opening.send(sender=Scope, scope=self._scope, previous=_current.get())
        self._tokens.append(_current.set(self._scope))
        return self._scope

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _current.reset(self._tokens.pop())

    async def __aenter__(self) -> Scope:
        return self.__enter__()

    async def __aexit__(self, *exc: Any) -> None:
        self.__exit__(*exc)

    def _recreate_cm(self) -> _Opened:
        return _Opened(self._scope)

    def __call__(self, func: F) -> F:
        if inspect.iscoroutinefunction(func):

            @functools.wraps(func)
            async def awaited(*args: Any, **kwargs: Any) -> Any:
                with _Opened(self._scope):
                    return await func(*args, **kwargs)

            return cast(F, awaited)
        if inspect.isgeneratorfunction(func) or inspect.isasyncgenfunction(func):
            raise TypeError(f"{func.__qualname__} is a generator: open the scope inside it, around each step.")
        return super().__call__(func)


def scope_opened(scope: Scope) -> _Opened:
    """Enter exactly `scope`; for carriers (jobs, streamed bodies) that kept one. ``Scope()`` is no scope at all."""
    return _Opened(scope)


def tenant_scope(tenant: Tenant | UUID) -> _Opened:
    """Touch one tenant's rows only. Nested scopes restore the outer one, exceptions included.

    Raises ScopeNotAllowed on entry while a wider scope holds an open savepoint: rolling back to it would bring the
    wider database role back.
    """
    tenant_id = tenant if isinstance(tenant, UUID) else tenant.pk
    return _Opened(Scope(ScopeKind.TENANT, tenant_id=tenant_id))


def identity_scope() -> _Opened:
    """Touch accounts, sessions and the memberships of people; no tenant-owned rows. For sign-in and account pages."""
    return _Opened(Scope(ScopeKind.IDENTITY))


def staff_scope(*, actor: Any, reason: str, content: frozenset[UUID] = frozenset()) -> _Opened:
    """Touch the directory of all tenants on behalf of a staff member, and the records of the tenants in `content`.

    `actor` is a user or a user's key. Raises ValueError without a reason or an actor.
    """
    if not reason or actor is None:
        raise ValueError("staff_scope needs an actor and a reason: they are written to the audit trail.")
    return _Opened(Scope(ScopeKind.STAFF, actor_id=getattr(actor, "pk", actor), reason=reason, content=content))


def system_scope(*, reason: str, actor: Any = None) -> _Opened:
    """Touch every tenant's rows: for migrations, commands and jobs that walk tenants. `reason` may not be empty."""
    if not reason:
        raise ValueError("system_scope needs a reason: say why this code walks over tenants.")
    return _Opened(Scope(ScopeKind.SYSTEM, actor_id=getattr(actor, "pk", actor), reason=reason))
