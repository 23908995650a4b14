"""What the models themselves put in the way of a tenant: uniques, automatic tables, managers, names."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models

from tenancy.managers import TenantManager

from .plan import Entry


@dataclass(frozen=True)
class Obstacle:
    """Something to change by hand. `place` is ``path:line`` or a model's or field's label."""

    kind: str
    place: str
    problem: str
    remedy: str


def in_models(entries: list[Entry]) -> Iterator[Obstacle]:
    """Obstacles in the declarations of models that get a tenant."""
    tenants = {entry.label: entry for entry in entries if entry.kind == "tenant"}
    for label, entry in tenants.items():
        model: Any = apps.get_model(label)
        if not model._meta.auto_created:
            yield from _uniques(model, tenants)
            yield from _tables_between(model)
            yield from _managers(model)
            yield from _admin(model)
            yield from _shape(model)
            if any(field.name == "tenant" and not _is_ours(field) for field in model._meta.get_fields()):
                yield Obstacle("name", f"{label}.tenant", "the name is taken", "rename the field first")
        yield from _rows(label, entry)
    for model in apps.get_models():
        if model._meta.proxy and model._meta.concrete_model._meta.label in tenants:
            yield from _managers(model)
            yield from _admin(model)
    for entry in entries:
        if entry.kind == "unclear":
            yield Obstacle(
                "unclear",
                entry.label or entry.table,
                entry.why,
                "write its kind into the plan: tenant, shared, people, staff",
            )


def _uniques(model: Any, tenants: dict[str, Entry]) -> Iterator[Obstacle]:
    groups: list[tuple[str, ...]] = [
        (field.name,) for field in model._meta.local_fields if field.unique and not field.primary_key
    ]
    groups += [tuple(group) for group in model._meta.unique_together]
    groups += [tuple(one.fields) for one in model._meta.constraints if isinstance(one, models.UniqueConstraint)]
    for group in groups:
        if group and "tenant" not in group and not _is_one_to_one(model, group):
            listed = ", ".join(f'"{name}"' for name in ("tenant", *group))
            yield Obstacle(
                "unique",
                f"{model._meta.label}.{'+'.join(group)}",
                "two tenants would collide, and learn of each other's rows",
                f'models.UniqueConstraint(fields=[{listed}], name="…") in its place',
            )


def _shape(model: Any) -> Iterator[Obstacle]:
    for parent in model._meta.parents:
        if not parent._meta.proxy:
            yield Obstacle(
                "inheritance",
                f"{model._meta.label}({parent._meta.label})",
                "multi-table inheritance: half of each row stands in a table of its own, without a tenant",
                "an abstract base class, or a one-to-one key with its own tenant (tenancy.E014 refuses it as it is)",
            )
    if len(getattr(model._meta, "pk_fields", ())) > 1:
        yield Obstacle(
            "key",
            model._meta.label,
            "a composite primary key: the backfill walks along one column",
            "a key of one column, or fill its tenant by statements of your own before RequireTenant",
        )


def _is_one_to_one(model: Any, group: tuple[str, ...]) -> bool:
    return len(group) == 1 and bool(model._meta.get_field(group[0]).one_to_one)


def _tables_between(model: Any) -> Iterator[Obstacle]:
    for relation in model._meta.local_many_to_many:
        through = relation.remote_field.through
        if through._meta.auto_created:
            yield Obstacle(
                "many-to-many",
                f"{model._meta.label}.{relation.name}",
                f"its automatic table {through._meta.db_table} cannot have a tenant",
                f'give it a model (TenantScoped, db_table = "{through._meta.db_table}") and through=; the rows stay',
            )


def _managers(model: Any) -> Iterator[Obstacle]:
    for manager in model._meta.managers:
        kind = type(manager)
        if not manager.auto_created and kind is not models.Manager and not isinstance(manager, TenantManager):
            yield Obstacle(
                "manager",
                _place(kind) or f"{model._meta.label}.{manager.name}",
                f"{model._meta.label}.{manager.name} ({kind.__name__}) would see all tenants",
                "derive it from tenancy.managers.TenantManager",
            )
        elif kind is models.Manager and manager.name != "objects" and not manager.auto_created:
            yield Obstacle(
                "manager",
                f"{model._meta.label}.{manager.name}",
                "a plain manager sees all tenants",
                "tenancy.managers.TenantManager() in its place",
            )


def _admin(model: Any) -> Iterator[Obstacle]:
    if not apps.is_installed("django.contrib.admin"):
        return
    from tenancy.sites import is_registered, site_has_scope

    if is_registered(model) and not site_has_scope():
        yield Obstacle(
            "admin",
            model._meta.label,
            "the admin runs in no tenant's scope",
            '"tenancy.sites.TenantAdminConfig" in the place of "django.contrib.admin" in INSTALLED_APPS',
        )


def _rows(label: str, entry: Entry) -> Iterator[Obstacle]:
    if entry.missing:
        yield Obstacle(
            "rows", label, f"{entry.missing:,} rows lead to no customer along {entry.path}", "mend or assign them"
        )
    for path, count in entry.disagree.items():
        yield Obstacle(
            "rows",
            label,
            f"{count:,} rows reach another customer along {path} than along {entry.path}",
            "decide which is right; `agree` in the plan leaves such rows without a tenant until you have",
        )


def _is_ours(field: Any) -> bool:
    related = getattr(field, "related_model", None)
    return related is not None and not isinstance(related, str) and related._meta.label_lower == "tenancy.tenant"


def _place(kind: type) -> str:
    try:
        return f"{inspect.getsourcefile(kind)}:{inspect.getsourcelines(kind)[1]}"
    except (OSError, TypeError):
        return ""
