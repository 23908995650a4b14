"""The record of processing activities (Art. 30 GDPR), read off the declarations."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import models

from .. import conf
from ..declarations import ModelPII
from ..find import tenant_path
from ..registry import registry
from .spans import spans


def record_of_processing(tenant: UUID | None = None) -> list[dict[str, Any]]:
    """One line per declared model with personal data: purpose, basis, categories, recipients, span.

    With `tenant`, only what that organisation keeps, with its own spans.
    """
    lines = []
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
                "erasure": declaration.row.kind,
                "reason": declaration.row.reason,
            }
        )
    return lines


def _span(model: type[models.Model], declaration: type[ModelPII], tenant: UUID | None) -> str:
    if declaration.retain is None:
        return "as long as its owner"
    name = str(model._meta.get_field(declaration.retain_from).verbose_name)  # type: ignore[union-attr]  # a column
    own = spans(model, declaration.retain, [tenant] if tenant is not None else [])
    words = f"{own.get(tenant, declaration.retain)} days from: {name}"
    asked = tenant is None and tenant_path(model, declaration) and conf.get("RETENTION")
    return f"{words}; less where an organisation says so" if asked else words
