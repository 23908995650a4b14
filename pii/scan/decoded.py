"""Columns whose stored form is encoded, by table: taken from the declarations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..registry import history_model, registry

Decoders = dict[str, dict[str, Callable[[Any], str]]]


def decoders() -> Decoders:
    """Table → column → function that turns a stored value into text that can be searched."""
    found: Decoders = {}
    for model, declaration in registry.items():
        for name, field in declaration.fields.items():
            if field.decode is not None:
                for source in filter(None, (model, history_model(model))):
                    column: Any = source._meta.get_field(name)
                    found.setdefault(source._meta.db_table, {})[column.column] = field.decode
    return found
