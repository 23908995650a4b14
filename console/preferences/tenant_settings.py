"""How long an organisation keeps what: one setting per model whose declaration leaves it a say."""

from __future__ import annotations

from typing import Any

from pii.retention import offered
from tenancy.settings import register

from .retention import OWN_SETTING, key_of


def schema() -> dict[str, Any]:
    """The group, read off the declarations: a model offers its span the day it declares one."""
    parts = {key_of(model._meta.label): _one(model, declaration) for model, declaration in offered_here()}
    return {
        "type": "object",
        "properties": parts,
        "x-permission": "owner",
        "description": "Every night, what is older than the days given here is deleted for good. Held or restricted "
        "data stays. Settled invitations: see Privacy.",
    }


def offered_here() -> list[Any]:
    """What has no setting of its own elsewhere."""
    return [(model, declaration) for model, declaration in offered() if model._meta.label not in OWN_SETTING]


def _one(model: Any, declaration: Any) -> dict[str, Any]:
    column = model._meta.get_field(declaration.retain_from).verbose_name
    least, most = declaration.retain_least, declaration.retain
    bounds = f"{least} to {most} days" if most else f"At least {least} days"
    unset = f"{most} days" if most else "kept until somebody deletes it"
    one: dict[str, Any] = {
        "type": ["integer", "null"],
        "minimum": least,
        "x-unit": "days",
        "title": f"Keep {model._meta.verbose_name_plural}",
        "description": f"Counted from: {column}. {bounds}; empty: {unset}.",
        "default": None,
    }
    return one | ({"maximum": most} if most else {})


register("retention", schema(), title="How long data is kept", order=61)
