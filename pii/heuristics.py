"""Names and types that smell of personal data, so that nobody waives them in passing."""

from __future__ import annotations

import re
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models

SUSPICIOUS_NAME = re.compile(
    r"e?mail|phone|mobile|fax|(^|_)ip($|_)|(^|_)name($|_)|full_?name|display|surname|nick|addr|street|city|zip|post_?code"
    r"|birth|dob|gender|sex|nation|note|comment|remark|descr|memo|message|subject|body|reason|title|repr|agent"
    r"|token|secret|passw|avatar|photo|picture|signature|iban|vat|tax|passport|external_id|(^|_)uid($|_)|extra|attributes"
)
"""Field names that often hold personal data."""

FREE_TYPES = (models.CharField, models.TextField, models.JSONField, models.GenericIPAddressField, models.FileField)
"""Types that can hold anything somebody typed."""

LAZY_REASONS = frozenset(
    {"no pii", "not personal", "not personal data", "none", "n/a", "no personal data", "technical"}
)
MINIMUM_REASON = 15


def holds_free_values(field: models.Field[Any, Any]) -> bool:
    """Whether a column can hold anything a person types: text, JSON, network addresses, files, bytes."""
    if isinstance(field, ArrayField):
        return True
    if isinstance(field, models.CharField) and field.choices:
        return False
    return isinstance(field, (*FREE_TYPES, models.BinaryField))


def is_suspicious(field: models.Field[Any, Any]) -> bool:
    """Whether waiving this column needs a sentence of its own."""
    if field.is_relation:
        return False
    if isinstance(field, models.DateTimeField):
        return False
    if isinstance(field, (models.TextField, models.JSONField, models.EmailField, models.GenericIPAddressField)):
        return True
    if isinstance(field, (models.FileField, models.BinaryField, ArrayField)):
        return True
    if not holds_free_values(field) and not isinstance(field, models.DateField):
        return False
    return bool(SUSPICIOUS_NAME.search(field.name.lower()))


def lazy_reason(reason: str) -> bool:
    """Whether a waiver's reason says nothing."""
    return len(reason.strip()) < MINIMUM_REASON or reason.strip(" .").lower() in LAZY_REASONS
