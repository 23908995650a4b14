"""Walk every concrete field of every installed model and say what nobody has decided about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models

from .heuristics import is_suspicious, lazy_reason
from .registry import history_of, registry

HISTORY_OWN = {
    "history_id": "key of the history row",
    "history_date": "when it changed",
    "history_type": "created, changed or deleted",
    "history_user": "who acted: a key, nameless once that person is erased",
    "history_change_reason": "free text: scrubbed with the row",
    "history_relation": "key of the live row",
}


@dataclass(frozen=True)
class Line:
    """One column of the coverage table; `problem` is empty where it is decided."""

    model: str
    field: str
    decision: str
    detail: str
    problem: str = ""


def walk() -> list[Line]:
    """One line per concrete field of every installed model, automatic M2M tables and history models included.

    Raises DeclarationError when nothing at all is declared.
    """
    registry.declared_models()
    lines: list[Line] = []
    for model in sorted(apps.get_models(include_auto_created=True), key=lambda model: model._meta.label):
        if model._meta.proxy or model._meta.swapped:
            continue
        lines += [_line(model, field) for field in model._meta.local_concrete_fields]
    return lines


def undecided() -> list[Line]:
    """The lines with a problem."""
    return [line for line in walk() if line.problem]


def _line(model: type[models.Model], field: models.Field[Any, Any]) -> Line:
    label, name = model._meta.label, field.name
    if history_of(model) is not None:
        if name in registry.history_actor_texts:
            return Line(label, name, "actor", "emptied when that person is erased")
        own = {**HISTORY_OWN, **registry.history_plain}
        if name in own:
            return Line(label, name, "history", own[name])
    declaration = registry.get(model)
    if declaration is None:
        return Line(label, name, "", "", f"{label} is not declared")
    if name in declaration.fields:
        declared = declaration.fields[name]
        return Line(label, name, declared.category.value, repr(declared.erase))
    if name in declaration.actor_texts:
        return Line(label, name, "actor", "emptied when that person is erased")
    if name in declaration.actors:
        return Line(label, name, "actor", "nulled when that person is erased")
    if name in declaration.actors_kept:
        return Line(label, name, "actor", declaration.actors_kept[name])
    reasons = declaration.plain_reasons()
    if name not in reasons:
        return Line(label, name, "", "", f"{label}.{name} is neither declared nor waived")
    reason, alone = reasons[name]
    return Line(label, name, "none", reason, _lazy(model, field, reason, alone=alone))


def _lazy(model: type[models.Model], field: models.Field[Any, Any], reason: str, *, alone: bool) -> str:
    if not is_suspicious(field) or (field.choices and not isinstance(field, models.JSONField)):
        return ""
    where = f"{model._meta.label}.{field.name}"
    if not alone and not isinstance(field, models.CharField):
        return f"{where} looks personal ({field.get_internal_type()}): waive it alone, with a reason of its own"
    if lazy_reason(reason):
        return f"{where} looks personal: '{reason}' does not say why it is not"
    return ""
