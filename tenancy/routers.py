"""Refuses to relate rows of two tenants at the moment of assignment (`DATABASE_ROUTERS`)."""

from __future__ import annotations

from typing import Any

from .exceptions import CrossTenantAccess


class TenantRouter:
    """Django asks its routers before it assigns a foreign key or adds to a relation; this one compares tenants."""

    def allow_relation(self, first: Any, second: Any, **hints: Any) -> bool | None:
        """Raise CrossTenantAccess for rows of two tenants; no opinion otherwise."""
        # From __dict__: a row under construction has none yet, and asking for it would query.
        one, other = first.__dict__.get("tenant_id"), second.__dict__.get("tenant_id")
        if one is not None and other is not None and one != other:
            raise CrossTenantAccess(
                f"{first._meta.label} and {second._meta.label} belong to two tenants and may not be related."
            )
        return None
