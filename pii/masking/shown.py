"""One value as one viewer sees it."""

from __future__ import annotations

from typing import Any

from django.db import models

from ..registry import registry
from .viewer import Viewer


def hides(viewer: Viewer, row: models.Model, name: str) -> bool:
    """Whether the column `name` of `row` is masked for this viewer.

    Identity opens in a staff session for one of the person's tenants; sensitive data opens by a reveal alone.
    One's own account is never masked for oneself.
    """
    declaration = registry.get(type(row))
    declared = declaration.fields.get(name) if declaration else None
    if declared is None or declared.never_masked or row.pk == viewer.user_key:
        return False
    if not declared.category.is_sensitive and viewer.is_among_open_tenants(row):
        return False
    return not viewer.has_revealed(row)


def shown(viewer: Viewer, row: models.Model, name: str) -> Any:
    """The value, or its mask."""
    value = getattr(row, name)
    if not hides(viewer, row, name):
        return value
    declaration = registry.get(type(row))
    assert declaration is not None
    return declaration.fields[name].masked.show(value)


def is_masked_column(model: type[models.Model], name: str) -> bool:
    """Whether a column is ever masked: then ordering, filters and look-ups on it are oracles."""
    declaration = registry.get(model)
    declared = declaration.fields.get(name) if declaration else None
    return declared is not None and not declared.never_masked
