"""The record of processing activities (Art. 30 GDPR), read off the declarations."""

from __future__ import annotations

from typing import Any

from ..registry import registry


def record_of_processing() -> list[dict[str, Any]]:
    """One line per declared model with personal data: purpose, basis, categories, recipients, span."""
    lines = []
    for model, declaration in registry.items():
        if not declaration.fields:
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
                "retention": f"{declaration.retain} days from {declaration.retain_from}"
                if declaration.retain
                else "as long as its owner",
                "erasure": declaration.row.kind,
                "reason": declaration.row.reason,
            }
        )
    return lines
