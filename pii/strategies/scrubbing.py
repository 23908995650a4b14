"""Removing one person out of a value that is also about others."""

from __future__ import annotations

from typing import Any

from django.db import models

from ..scrub import scrub_value
from .base import Context, Strategy


class Scrub(Strategy):
    """Replace the person's exact identifiers inside text or JSON (values and keys) and leave the rest."""

    per_row = True

    def rewrite(self, value: Any, context: Context) -> Any:
        cleaned, _count = scrub_value(value, context.identifiers.matcher())
        if isinstance(cleaned, str) and context.field.max_length:
            return cleaned[: context.field.max_length]
        return cleaned

    def problem(self, field: models.Field[Any, Any]) -> str:
        kinds = (models.CharField, models.TextField, models.JSONField)
        return "" if isinstance(field, kinds) else "only text and JSON can be scrubbed"
