"""What lists and forms show instead of raw values: exact moments, and people by name or mask instead of by key."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.http import HttpRequest

from console.moments import moment
from pii.masking import viewer_of
from pii.registry import registry


def person_words(request: HttpRequest, person: Any, row: Any = None) -> str:
    """A colleague or oneself by name, anybody else by the masked address; in clear in a session for `row`'s tenant.

    Asks no query, however many rows a list has: a reveal opens values on the person's own page.
    """
    viewer = viewer_of(request)
    is_known = person.is_staff or person.pk == viewer.user_key
    if is_known or (viewer.open_tenants and getattr(row, "tenant_id", None) in viewer.open_tenants):
        return str(person.full_name or person.email)
    declaration = registry.get(type(person))
    declared = declaration.fields.get("email") if declaration else None
    return str(declared.masked.show(person.email)) if declared and not declared.never_masked else str(person.email)


def value_words(request: HttpRequest, value: Any, row: Any = None) -> Any:
    """A moment or a person in words; None for a value that is neither."""
    if isinstance(value, datetime):
        return moment(value)
    return person_words(request, value, row) if isinstance(value, get_user_model()) else None


def shown_column(request: HttpRequest, model: type[models.Model], name: Any) -> Any:
    """A list's column `name`; where it holds a moment or a person, a callable that writes them in words."""
    try:
        field = model._meta.get_field(name) if isinstance(name, str) else None
    except FieldDoesNotExist:
        return name
    is_person = getattr(field, "many_to_one", False) and issubclass(field.related_model, get_user_model())  # type: ignore[union-attr, arg-type]
    if field is None or not (is_person or isinstance(field, models.DateTimeField)):
        return name

    def column(row: Any) -> Any:
        return value_words(request, getattr(row, name), row)

    column.__name__ = name
    column.short_description = field.verbose_name  # type: ignore[attr-defined, union-attr]  # how Django's admin is told
    column.admin_order_field = name  # type: ignore[attr-defined]
    column.raw_name = name  # type: ignore[attr-defined]  # for exports
    return column
