"""The record of processing activities (Art. 30 GDPR), read off the declarations."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID

from django.db import models

from tenancy import system_scope
from tenancy.models import Tenant

from ..declarations import ModelPII
from ..find import tenant_path
from ..registry import registry
from .spans import by_span, spans
from .sweep import due


def record_of_processing(tenant: UUID | None = None) -> list[dict[str, Any]]:
    """One line per declared model with personal data: purpose, basis, categories, recipients, span.

    With `tenant`, only what that organisation keeps, with its own spans and with how many rows (``due``) are over
    them: the next sweep erases these.
    """
    lines = []
    over: Counter[str] = Counter({line.model: line.rows for line in due(tenant)}) if tenant is not None else Counter()
    for model, declaration in registry.items():
        if not declaration.fields or (tenant is not None and tenant_path(model, declaration) is None):
            continue
        lines.append(
            {
                "model": model._meta.label,
                "name": str(model._meta.verbose_name_plural),
                "purpose": declaration.purpose,
                "legal_basis": declaration.legal_basis,
                "categories": sorted({str(field.category.label) for field in declaration.fields.values()}),
                "fields": sorted(declaration.fields),
                "recipients": declaration.recipients,
                "retention": _span(model, declaration, tenant),
                "due": over[model._meta.label],
                "erasure": declaration.row.kind,
                "reason": declaration.row.reason,
            }
        )
    return lines


def _span(model: type[models.Model], declaration: type[ModelPII], tenant: UUID | None) -> str:
    column = declaration.retain_from
    name = str(model._meta.get_field(column).verbose_name) if column else ""  # type: ignore[union-attr]  # a column
    tenants: Any = [tenant] if tenant is not None else Tenant.objects.values_list("pk", flat=True)
    with system_scope(reason="how long organisations keep data"):
        own = spans(model, declaration, tenants if declaration.retain_least is not None else [])
    words = _words(own.get(tenant, declaration.retain), name)
    if tenant is not None or declaration.retain_least is None:
        return words
    groups = sorted((days, len(keys)) for days, keys in by_span(own).items() if days != declaration.retain)
    others = [f"{days} days in {count} organisation{'s' if count > 1 else ''}" for days, count in groups]
    return "; ".join([words, *others])


def _words(days: int | None, counted_from: str) -> str:
    return "as long as its owner" if days is None else f"{days} days from: {counted_from}"
