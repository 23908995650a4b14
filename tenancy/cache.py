"""A cache whose keys carry the tenant: ``tenant_cache.get("report")`` is another entry in every tenant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.cache import caches

from .scope import current_scope, require_tenant_id


class TenantCache:
    """Django's cache, one name space per tenant. Every call raises TenantScopeRequired outside a tenant's scope."""

    def __init__(self, alias: str = "default") -> None:
        self.alias = alias

    def key(self, name: str) -> str:
        """The full key in the tenant in scope."""
        return f"tenant:{require_tenant_id()}:{name}"

    def get(self, name: str, default: Any = None) -> Any:
        return caches[self.alias].get(self.key(name), default)

    def set(self, name: str, value: Any, timeout: int | None = 300) -> None:
        """Keep `value` for `timeout` seconds (None: for ever)."""
        caches[self.alias].set(self.key(name), value, timeout)

    def get_or_set(self, name: str, make: Callable[[], Any], timeout: int | None = 300) -> Any:
        return caches[self.alias].get_or_set(self.key(name), make, timeout)

    def add(self, name: str, value: Any, timeout: int | None = 300) -> bool:
        return bool(caches[self.alias].add(self.key(name), value, timeout))

    def delete(self, name: str) -> bool:
        return bool(caches[self.alias].delete(self.key(name)))


tenant_cache = TenantCache()


def tenant_key(group: str, key: str, version: int) -> str:
    """``KEY_FUNCTION`` for a cache whose fragments and ETags must never cross: the scope's tenant is in every key."""
    scope = current_scope()
    return f"{group}:{version}:{scope.tenant_id or scope.kind}:{key}"
