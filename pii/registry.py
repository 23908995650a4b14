"""Every declaration of the project, judged when it is made and hashed as a whole."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.module_loading import autodiscover_modules

from .declarations import ModelPII
from .exceptions import DeclarationError
from .heuristics import holds_free_values


class Registry:
    """Declarations and waivers by model label."""

    def __init__(self) -> None:
        self._declared: dict[str, type[ModelPII]] = {}
        self._loaded = False
        self.history_plain: dict[str, str] = {}
        self.history_actor_texts: dict[str, str] = {}

    def history_columns(self, *, plain: dict[str, str], actor_texts: dict[str, str]) -> None:
        """Declare the columns that the project adds to every history model (see `ModelPII` for both arguments)."""
        self.history_plain |= plain
        self.history_actor_texts |= actor_texts

    def declare(self, label: str) -> Callable[[type[ModelPII]], type[ModelPII]]:
        """Class decorator that declares the model `label` (``app.Model``, automatic M2M tables included).

        Raises DeclarationError on a duplicate or an unknown field. A model of an app that is not installed is
        skipped, so that a reusable declaration may name it.
        """

        def register(declaration: type[ModelPII]) -> type[ModelPII]:
            key = label.lower()
            if key in self._declared:
                raise DeclarationError(f"{label} is declared twice; a model has one declaration.")
            if not _installed(key):
                return declaration
            self._judge(label, declaration)
            self._declared[key] = declaration
            return declaration

        return register

    def waive(self, label: str, *, reason: str, fields: str = "") -> None:
        """Say that a model holds no personal data.

        Text, JSON, inet and file columns must be named one by one in `fields`; without any such column the model may
        be waived whole. Raises DeclarationError otherwise.
        """
        if len(reason) < 15:
            raise DeclarationError(f"{label}: a waiver needs a reason that says something, not '{reason}'.")
        if not _installed(label.lower()):
            return
        named = set(fields.split())
        model = apps.get_model(label)
        missing = [f.name for f in model._meta.concrete_fields if holds_free_values(f) and f.name not in named]
        if missing:
            raise DeclarationError(
                f"{label} has text columns: name each in fields= to waive it ({', '.join(missing)})."
            )
        plain = dict.fromkeys(sorted(named), reason)
        rest = [f.name for f in model._meta.concrete_fields if f.name not in named]
        if rest:
            plain[" ".join(rest)] = reason
        self.declare(label)(type(f"{model.__name__}Waiver", (ModelPII,), {"plain": plain, "mention": "review"}))

    def _judge(self, label: str, declaration: type[ModelPII]) -> None:
        model = apps.get_model(label)
        names = {field.name for field in model._meta.get_fields()}
        named = [*declaration.fields, *declaration.actors, *declaration.actors_kept, *declaration.plain_reasons()]
        for name in [*named, *declaration.actor_texts, *declaration.actor_texts.values()]:
            if name not in names:
                raise DeclarationError(f"{label} has no field '{name}'.")
        for name, field in declaration.fields.items():
            problem = field.erase.problem(model._meta.get_field(name))  # type: ignore[arg-type]
            if problem:
                raise DeclarationError(f"{label}.{name}: {problem}.")
        if problem := _span_problem(declaration, names):
            raise DeclarationError(f"{label}: {problem}")
        for link in declaration.links():
            try:
                link.resolve(model)
            except FieldDoesNotExist as error:
                raise DeclarationError(f"{label}: the subject link names an unknown field ({error}).") from error
        if declaration.mention not in ("scrub", "delete", "review", "derived"):
            raise DeclarationError(f"{label}: mention is scrub, delete, review or derived.")

    def load(self) -> None:
        """Import every app's ``pii.py`` once."""
        if not self._loaded:
            self._loaded = True
            autodiscover_modules("pii")

    def get(self, model: type[models.Model]) -> type[ModelPII] | None:
        """The declaration of a model; a history model has its model's."""
        self.load()
        base = history_of(model) or model
        return self._declared.get(base._meta.label_lower)

    def declared_models(self) -> list[type[models.Model]]:
        """Models with a declaration, in a stable order. Raises DeclarationError on an empty registry."""
        self.load()
        if not self._declared:
            raise DeclarationError("Nothing is declared: with an empty registry nothing could be exported or erased.")
        return [apps.get_model(label) for label in sorted(self._declared)]

    def items(self) -> list[tuple[type[models.Model], type[ModelPII]]]:
        return [(model, self._declared[model._meta.label_lower]) for model in self.declared_models()]

    def content_hash(self) -> str:
        """SHA-256 over every declaration: two equal hashes promise the same treatment."""
        content: dict[str, Any] = {model._meta.label: describe(declaration) for model, declaration in self.items()}
        content["history"] = [self.history_plain, self.history_actor_texts]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _span_problem(declaration: type[ModelPII], names: set[str]) -> str:
    """What is wrong with the span for which rows are kept; empty for a good one."""
    longest, least = declaration.retain, declaration.retain_least
    if longest is None and least is None:
        return ""
    if declaration.retain_from not in names:
        return f"a span is counted from a column, and '{declaration.retain_from}' is none."
    if least is not None and declaration.tenant.split("__")[0] not in names:
        return "retain_least lets a tenant choose, and these rows have no tenant."
    if least is not None and not 0 < least <= (longest or least):
        return "retain_least is at least one day, and no more than retain."
    return ""


def describe(declaration: type[ModelPII]) -> dict[str, Any]:
    """A declaration as plain data, for the hash and for ``pii_coverage --json``."""
    return {
        "subject": [repr(link) for link in declaration.links()],
        "actors": sorted(declaration.actors),
        "actors_kept": dict(declaration.actors_kept),
        "actor_texts": dict(declaration.actor_texts),
        "row": [declaration.row.kind, declaration.row.reason],
        "mention": declaration.mention,
        "made_at": declaration.made_at,
        "retain": [declaration.retain, declaration.retain_from, declaration.retain_least],
        "fields": {
            name: [field.category.value, repr(field.erase), repr(field.export), field.trace and field.trace.value]
            for name, field in sorted(declaration.fields.items())
        },
        "plain": {name: reason for name, (reason, _alone) in sorted(declaration.plain_reasons().items())},
    }


def _installed(label: str) -> bool:
    app_label, _, name = label.partition(".")
    try:
        apps.get_app_config(app_label).get_model(name, require_ready=False)
    except LookupError:
        return False
    return True


def history_of(model: type[models.Model]) -> type[models.Model] | None:
    """The model whose history `model` keeps (django-simple-history), or None. Works where that is not installed."""
    base = getattr(model, "instance_type", None)
    return base if isinstance(base, type) and hasattr(model, "history_type") else None


def history_model(model: type[models.Model]) -> type[models.Model] | None:
    """The history model of `model`, or None."""
    return _histories().get(model)


def _histories() -> dict[type[models.Model], type[models.Model]]:
    found = {}
    for candidate in apps.get_models(include_auto_created=True):
        base = history_of(candidate)
        if base is not None:
            found[base] = candidate
    return found


registry = Registry()
declare = registry.declare
waive = registry.waive
history_columns = registry.history_columns
