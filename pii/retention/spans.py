"""The span of a model in a tenant: declared, or what the tenant chose within the declared bounds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import models
from django.utils.module_loading import import_string

from .. import conf
from ..declarations import ModelPII
from ..find import tenant_path
from ..registry import registry


def offered() -> list[tuple[type[models.Model], type[ModelPII]]]:
    """The declared models whose span a tenant may choose: from `retain_least` days up to `retain`."""
    return [(model, declaration) for model, declaration in registry.items() if declaration.retain_least is not None]


def spans(
    model: type[models.Model], declaration: type[ModelPII], tenants: Iterable[UUID]
) -> dict[UUID | None, int | None]:
    """Days per tenant that chose; key None is the declared span. A span of None is: as long as its owner.

    ``PII["RETENTION"]`` names ``f(model_label, tenant_ids) → {tenant_id: days or None}``. What a tenant chose is held
    within the declared bounds.
    """
    found: dict[UUID | None, int | None] = {None: declaration.retain}
    asked = list(tenants)
    if declaration.retain_least is None or not asked or not tenant_path(model, declaration):
        return found
    path = conf.get("RETENTION")
    ask: Any = import_string(path) if isinstance(path, str) else path
    chosen: Mapping[UUID, int | None] = ask(model._meta.label, asked) if ask else {}
    for tenant_id, days in chosen.items():
        if days is not None:
            longest = declaration.retain if declaration.retain is not None else int(days)
            found[tenant_id] = max(declaration.retain_least, min(longest, int(days)))
    return found


def by_span(own: Mapping[UUID | None, int | None]) -> dict[int, list[UUID]]:
    """Span → the tenants that chose it."""
    groups: dict[int, list[UUID]] = defaultdict(list)
    for tenant_id, days in own.items():
        if tenant_id is not None and days is not None:
            groups[days].append(tenant_id)
    return groups
