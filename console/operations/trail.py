"""One browser over every recorded act and every history table, and what changed from one row to the next."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import models
from simple_history.utils import get_history_manager_for_model

from .models import AuditEvent

PER_PAGE = 50
HIDDEN = "•••"
BOOKKEEPING = ("history_id", "history_date", "history_type", "history_change_reason", "history_user_id")


@dataclass(frozen=True, slots=True)
class Line:
    """One path of a row: what it held before and what it holds after."""

    path: str
    before: Any
    after: Any

    @property
    def is_changed(self) -> bool:
        return bool(self.before != self.after)


def tracked_models() -> dict[str, Any]:
    """Every model that keeps history, by lower-case label."""
    return {
        model._meta.label_lower: model
        for model in apps.get_models()
        if hasattr(model._meta, "simple_history_manager_attribute")
    }


def history_of(label: str) -> Any:
    """The history model of a tracked model. Raises KeyError for another label."""
    return get_history_manager_for_model(tracked_models()[label]).model


def acts(filters: dict[str, str], before: datetime | None) -> list[AuditEvent]:
    """Recorded acts, newest first; only columns with an index are compared."""
    columns = {
        "tenant": "tenant_key",
        "actor": "actor_id",
        "object": "target_id",
        "verb": "verb",
        "request": "request_id",
    }
    rows = AuditEvent.objects.filter(
        **{columns[name]: value for name, value in filters.items() if name in columns and value}
    )
    if before:
        rows = rows.filter(at__lt=before)
    return list(rows.order_by("-at", "-id")[:PER_PAGE])


def changes(label: str, filters: dict[str, str], before: datetime | None) -> list[Any]:
    """History rows of one kind, newest first."""
    model = history_of(label)
    rows = model._default_manager.all()
    if filters.get("object"):
        rows = rows.filter(**{model.instance_type._meta.pk.attname: filters["object"]})
    if filters.get("tenant") and any(field.name == "tenant" for field in model._meta.fields):
        rows = rows.filter(tenant_id=filters["tenant"])
    if filters.get("actor"):
        rows = rows.filter(history_user_id=filters["actor"])
    if filters.get("request"):
        rows = rows.filter(history_request_id=filters["request"])
    if before:
        rows = rows.filter(history_date__lt=before)
    return list(rows.order_by("-history_date", "-history_id")[:PER_PAGE])


def previous(row: Any) -> Any:
    """The history row before this one, of the same object."""
    key = type(row).instance_type._meta.pk.attname
    older = type(row)._default_manager.filter(**{key: getattr(row, key)}, history_id__lt=row.history_id)
    return older.order_by("-history_id").first()


def diff(before: Any, after: Any, *, hidden: frozenset[str] = frozenset()) -> list[Line]:
    """Two history rows side by side, JSON flattened by path; values of `hidden` columns are not shown."""
    old, new = (dict(flat(row)) if row is not None else {} for row in (before, after))
    lines = []
    for path in dict.fromkeys([*old, *new]):
        values: tuple[Any, ...] = old.get(path), new.get(path)
        if path.partition(".")[0] in hidden:
            values = tuple(HIDDEN if value not in (None, "") else value for value in values)
            if old.get(path) != new.get(path):
                values = (values[0], f"{HIDDEN} (changed)")
        lines.append(Line(path, *values))
    return lines


def flat(row: Any) -> Iterator[tuple[str, Any]]:
    """The columns of the tracked model in a history row, JSON values by path."""
    for field in type(row)._meta.concrete_fields:
        if field.attname in BOOKKEEPING or field.attname.startswith("history_"):
            continue
        value = field.value_from_object(row)
        if isinstance(field, models.JSONField):
            yield from flat_json(field.name, value)
        else:
            yield field.name, value


def flat_json(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    """The leaves of a JSON value by dotted path; an empty container is a leaf."""
    if isinstance(value, dict) and value:
        for key in sorted(value):
            yield from flat_json(f"{path}.{key}", value[key])
    elif isinstance(value, list) and value:
        for index, item in enumerate(value):
            yield from flat_json(f"{path}.{index}", item)
    else:
        yield path, json.dumps(value, ensure_ascii=False)
