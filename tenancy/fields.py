"""A column that is never read in a tenant's scope."""

from __future__ import annotations

from typing import Any

from django.db import models

from .scope import ScopeKind, current_scope


class IdentityCharField(models.CharField):  # type: ignore[type-arg]
    """A text column that the tenant role may not read (a password hash); it reads as NULL there.

    Keeps ``select_related("user")`` working in a tenant's scope. NULL, so that saving such a user later is refused by
    the column's NOT NULL instead of wiping the password.
    """

    def select_format(self, compiler: Any, sql: str, params: Any) -> tuple[str, Any]:
        if current_scope().kind is ScopeKind.TENANT:
            return "NULL", ()
        return super().select_format(compiler, sql, params)  # type: ignore[misc, no-any-return]
