"""Find everything that belongs to a person: follow the declared links until nothing new turns up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import Q

from .categories import Trace
from .declarations import ModelPII
from .identifiers import Identifiers
from .identifiers.normal import normal_email
from .links import ByLabel, ByObject, ByUser, Follow, Itself
from .registry import history_model, registry
from .subjects import Row, Subject

Declared = tuple[type[models.Model], type[ModelPII]]


def find(subject: Subject) -> Subject:
    """Fill `subject` with accounts, rows and identifiers; returns it. Needs system scope, or its tenant's.

    Every query is by key or by a stored normalised column, so the time grows with the person's rows.
    """
    _prove_accounts(subject)
    for model, declaration in in_order():
        subject.rows[model] |= set(own_rows(model, declaration, subject))
    subject.identifiers |= Identifiers.of(traces(subject))
    return subject


def in_order() -> list[Declared]:
    """Declared models, parents before those that follow them, generic ones last."""
    pending = dict(registry.items())
    ordered: list[Declared] = []

    def visit(model: type[models.Model]) -> None:
        declaration = pending.pop(model, None)
        if declaration is None:
            return
        for link in declaration.links():
            if isinstance(link, Follow):
                visit(link.parent(model))
        ordered.append((model, declaration))

    for model in list(pending):
        visit(model)
    return sorted(ordered, key=lambda item: any(isinstance(link, (ByObject, ByLabel)) for link in item[1].links()))


def own_rows(model: type[models.Model], declaration: type[ModelPII], subject: Subject) -> Iterator[Row]:
    """The rows of `model` that belong to the person, those that live on in its history alone included."""
    path = tenant_path(model, declaration)
    if (
        path is None
        and not subject.with_account
        and not any(isinstance(link, (ByObject, ByLabel)) for link in declaration.links())
    ):
        return
    for link in declaration.links():
        condition = link.condition(model, subject)
        if condition is not None:
            yield from _select(model, "pk", condition, path, subject.tenant_id)
    roots = [key for label, key in subject.roots if label == model._meta.label_lower]
    if roots:
        yield from _select(model, "pk", Q(pk__in=roots), path, subject.tenant_id)
    history = history_model(model)
    if history is not None:
        key = model._meta.pk.attname
        for link in declaration.links():
            condition = link.condition(history, subject) if not isinstance(link, Itself) else None
            if condition is not None:
                yield from _select(history, key, condition, path, subject.tenant_id)


def _select(
    model: type[models.Model], key: str, condition: Q, path: str | None, tenant_id: UUID | None
) -> Iterator[Row]:
    rows = model._base_manager.filter(condition).order_by()
    if path and tenant_id is not None:
        rows = rows.filter(**{path: tenant_id})
    columns = (key, f"{path}_id" if path and "__" not in path else path) if path else (key,)
    for values in rows.values_list(*columns).distinct().iterator(chunk_size=2000):
        yield Row(str(values[0]), values[1] if path else None)


def tenant_path(model: type[models.Model], declaration: type[ModelPII]) -> str | None:
    """The path from a row to its tenant, or None where rows have none."""
    first = declaration.tenant.split("__")[0]
    return declaration.tenant if first in {field.name for field in model._meta.get_fields()} else None


def _prove_accounts(subject: Subject) -> None:
    """Grow accounts and addresses together: account → its proven addresses → accounts that prove those."""
    account_models = [
        (model, declaration)
        for model, declaration in registry.items()
        if any(isinstance(link, (Itself, ByUser)) for link in declaration.links())
        and any(field.trace is Trace.EMAIL for field in declaration.fields.values())
    ]
    if not subject.with_account:
        subject.user_keys |= _accounts_by_address(subject)
        return
    before = None
    while before != (len(subject.user_keys), len(subject.emails)):
        before = (len(subject.user_keys), len(subject.emails))
        subject.user_keys |= _accounts_by_address(subject)
        for model, declaration in account_models:
            for source in filter(None, (model, history_model(model))):
                _learn(subject, source, declaration)


def _accounts_by_address(subject: Subject) -> set[str]:
    users = get_user_model()
    name: str = users.get_email_field_name()
    found = (
        users._base_manager.filter(**{f"{name}__in": sorted(subject.emails)})
        if subject.emails
        else users.objects.none()
    )
    return {str(pk) for pk in found.values_list("pk", flat=True)}


def _learn(subject: Subject, model: type[models.Model], declaration: type[ModelPII]) -> None:
    for link in declaration.links():
        path = "pk" if isinstance(link, Itself) else getattr(link, "path", None)
        if not isinstance(link, (Itself, ByUser)) or path is None:
            continue
        if isinstance(link, Itself) and hasattr(model, "history_type"):
            path = get_user_model()._meta.pk.attname
        names = [name for name, field in declaration.fields.items() if field.trace is Trace.EMAIL]
        proven = dict(declaration.proven)
        if subject.user_keys:
            rows = model._base_manager.filter(**{f"{path}__in": sorted(subject.user_keys)}, **proven)
            for values in rows.values_list(*names).iterator(chunk_size=2000):
                subject.emails |= {normal for value in values if (normal := normal_email(value or ""))}
        if subject.emails and path != "pk" and not hasattr(model, "history_type"):
            for name in names:
                rows = model._base_manager.filter(**{f"{name}__in": sorted(subject.emails)}, **proven)
                subject.user_keys |= {str(key) for key in rows.values_list(path, flat=True) if key}


def traces(subject: Subject) -> Iterator[tuple[Trace, str]]:
    """Every value by which the person can be found elsewhere: typed or proven, and met in their rows, old ones too."""
    for value in subject.emails:
        yield Trace.EMAIL, value
    for value in subject.phones:
        yield Trace.PHONE, value
    for model, declaration in registry.items():
        kinds = {name: field.trace for name, field in declaration.fields.items() if field.trace}
        keys = [row.pk for row in subject.rows.get(model, ())]
        if not kinds or not keys:
            continue
        sources: list[tuple[Any, str]] = [(model, "pk")]
        history = history_model(model)
        if history is not None:
            sources.append((history, model._meta.pk.attname))
        for source, key in sources:
            present = [name for name in kinds if name in {f.name for f in source._meta.get_fields()}]
            for start in range(0, len(keys), 1000):
                rows = source._base_manager.filter(**{f"{key}__in": keys[start : start + 1000]})
                for values in rows.values_list(*present).distinct().order_by().iterator(chunk_size=2000):
                    for name, value in zip(present, values, strict=True):
                        trace = kinds[name]
                        if value and trace is not None:
                            yield trace, str(value)


def where(subject: Subject) -> list[dict[str, Any]]:
    """The map of where and how much: one line per model and tenant, plus its history rows."""
    lines: list[dict[str, Any]] = []
    for model, rows in subject.rows.items():
        counts: dict[UUID | None, int] = {}
        for row in rows:
            counts[row.tenant_id] = counts.get(row.tenant_id, 0) + 1
        lines += [
            {"model": model._meta.label, "name": str(model._meta.verbose_name), "tenant": tenant, "rows": count}
            for tenant, count in sorted(counts.items(), key=lambda item: str(item[0]))
        ]
        history = history_model(model)
        if history is not None and rows:
            keys = [row.pk for row in rows]
            count = history._base_manager.filter(**{f"{model._meta.pk.attname}__in": keys}).count()
            if count:
                name = f"{model._meta.verbose_name} (history)"
                lines.append({"model": history._meta.label, "name": name, "tenant": None, "rows": count})
    return lines


def model_of(label: str) -> type[models.Model]:
    return apps.get_model(label)
