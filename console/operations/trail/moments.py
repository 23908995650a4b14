"""An object as it stood at any moment, read from its history."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError

from .sources import history_of, tracked_models


def rows_of(label: str, key: str) -> Any:
    """The history of one object, newest first. Raises KeyError for a kind without history; empty for no key of it."""
    model = history_of(label)
    pk = tracked_models()[label]._meta.pk
    try:
        value = pk.to_python(key)
    except (ValidationError, ValueError):
        return model._default_manager.none()
    return model._default_manager.filter(**{pk.attname: value}).order_by("-history_date", "-history_id")


def as_of(label: str, key: str, moment: datetime | None) -> Any:
    """The history row that held at `moment` (None: now); None where there was no such object yet.

    A row of the type ``-`` says that the object was deleted by then.
    """
    rows = rows_of(label, key)
    return (rows.filter(history_date__lte=moment) if moment else rows).first()
