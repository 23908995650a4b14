"""From a row to its tenant: a path of foreign keys, as one SQL expression over the row.

``project__company`` follows two keys to the nearest model that has a tenant; ``content_type/object_id`` follows a
generic key by its two columns. The expression is a scalar sub-select, so a trigger and a batch use the same text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import FieldDoesNotExist

from tenancy.exceptions import TenancyError

from .constraints import is_tenant_owned
from .policies import quote

TENANT = "tenancy.tenant"


@dataclass(frozen=True)
class Source:
    """Where a table's rows get their tenant from. `columns`: when one of them changes, so may the tenant."""

    label: str
    template: str
    columns: tuple[str, ...] = field(default=())

    def sql(self, row: str) -> str:
        """The tenant's key as an expression over the row called `row` (an alias, or NEW in a trigger)."""
        return self.template.replace("{row}", row)


def source_along(
    model: Any, path: str, connection: Any, *, end: Any = None, targets: Mapping[Any, str] | None = None
) -> Source:
    """The tenant along `path` from `model` (a real one or a migration's). Raises TenancyError for a path that fails.

    With `end`, a model, the key of its row at the end of the path instead: for a project that has no tenants yet. A
    generic key then needs `targets`, the models that it may point at with their own paths to `end`.
    """
    last = end._meta.label_lower if end is not None else TENANT
    steps = path.split("__")
    if "/" in steps[0]:
        if len(steps) > 1:
            raise TenancyError(f"The path {path!r} goes on behind a generic key; a generic key ends a path.")
        if end is None:
            return _generic(model, steps[0], connection, dict.fromkeys(generic_targets(model), "g.tenant_id"))
        ways = {
            target: source_along(target, way, connection, end=end).sql("g") for target, way in (targets or {}).items()
        }
        return _generic(model, steps[0], connection, ways)
    first = _key(model, steps[0], path)
    table, column = model._meta.db_table, first.column
    if first.related_model._meta.label_lower == last:
        _end(steps, 1, path)
        return Source(path, f"{{row}}.{quote(column)}", (column,))
    joins, alias, current = "", "p0", first.related_model
    head = f"{quote(current._meta.db_table)} p0"
    condition = f"p0.{quote(first.target_field.column)} = {{row}}.{quote(column)}"
    for number, step in enumerate(steps[1:], start=1):
        key = _key(current, step, path)
        if key.related_model._meta.label_lower == last:
            _end(steps, number + 1, path)
            return Source(path, f"(SELECT {alias}.{quote(key.column)} FROM {head}{joins} WHERE {condition})", (column,))
        current, before, alias = key.related_model, alias, f"p{number}"
        target = key.target_field.column
        joins += (
            f" JOIN {quote(current._meta.db_table)} {alias} ON {alias}.{quote(target)} = {before}.{quote(key.column)}"
        )
    if not is_tenant_owned(current):
        raise TenancyError(
            f"The path {path!r} of {table} ends at {current._meta.label}, which has no tenant (yet): "
            "give it one first, or make the path longer."
        )
    return Source(path, f"(SELECT {alias}.tenant_id FROM {head}{joins} WHERE {condition})", (column,))


def source_of_one(tenant_id: Any) -> Source:
    """Every row belongs to the same tenant."""
    return Source(f"tenant {tenant_id}", f"'{tenant_id}'::uuid")


def generic_path(model: Any, name: str) -> str:
    """A path with the generic key's name replaced by its two columns; other paths come back as they are."""
    for key in model._meta.private_fields:
        if key.name == name and hasattr(key, "ct_field"):
            return f"{key.ct_field}/{key.fk_field}"
    return name


def generic_targets(model: Any) -> Iterator[Any]:
    """The models that a generic key may point at and whose tenant is known: those that have one."""
    for target in model._meta.apps.get_models():
        if target is not model and is_tenant_owned(target) and target._meta.app_label != "tenancy":
            yield target


def _generic(model: Any, step: str, connection: Any, ways: Mapping[Any, str]) -> Source:
    type_name, _, key_name = step.partition("/")
    type_column = _key(model, type_name, step).column
    key_column = model._meta.get_field(key_name).column
    cases = ""
    for target, way in ways.items():
        if target._meta.pk.column is None:
            continue  # a composite key: no column of a generic key holds it
        kind = target._meta.pk.rel_db_type(connection)
        cases += (
            f" WHEN '{target._meta.label_lower}' THEN (SELECT {way} FROM {quote(target._meta.db_table)} g "
            f"WHERE g.{quote(target._meta.pk.column)} = {{row}}.{quote(key_column)}::{kind})"
        )
    if not cases:
        raise TenancyError(f"The generic key {step!r} of {model._meta.label} has no target with a tenant yet.")
    kind_of_row = (
        f"(SELECT c.app_label || '.' || c.model FROM django_content_type c WHERE c.id = {{row}}.{quote(type_column)})"
    )
    return Source(step, f"(CASE {kind_of_row}{cases} END)", (type_column, key_column))


def _key(model: Any, name: str, path: str) -> Any:
    try:
        key = model._meta.get_field(name)
    except FieldDoesNotExist:
        raise TenancyError(f"{model._meta.label} has no field {name!r} (path {path!r}).") from None
    if not (key.many_to_one or key.one_to_one) or not key.concrete:
        raise TenancyError(f"{model._meta.label}.{name} is no foreign key (path {path!r}).")
    return key


def _end(steps: list[str], used: int, path: str) -> None:
    if len(steps) > used:
        raise TenancyError(f"The path {path!r} goes on behind the tenant.")
