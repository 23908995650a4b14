"""The span of a model in a tenant: declared, or shortened by the tenant's own setting."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import models
from django.utils.module_loading import import_string

from .. import conf


def spans(model: type[models.Model], declared: int, tenants: list[UUID]) -> dict[UUID | None, int]:
    """Days per tenant; key None is the declared span. ``PII["RETENTION"]`` names ``f(model_label, tenant_id) → days``.

    A tenant may shorten a span, never lengthen it.
    """
    path = conf.get("RETENTION")
    ask: Any = import_string(path) if isinstance(path, str) else path
    found: dict[UUID | None, int] = {None: declared}
    for tenant_id in tenants if ask else ():
        days = ask(model._meta.label, tenant_id)
        if days is not None:
            found[tenant_id] = min(declared, int(days))
    return found
