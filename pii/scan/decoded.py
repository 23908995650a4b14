"""Columns whose stored form is encoded, by table: taken from the declarations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..registry import history_model, registry
from .census import Table


def decoders(table: Table) -> dict[str, Callable[[Any], str]]:
    """Column → function that turns a stored value into text that can be searched."""
    found: dict[str, Callable[[Any], str]] = {}
    for model, declaration in registry.items():
        for source in filter(None, (model, history_model(model))):
            if source._meta.db_table == table.name:
                for name, field in declaration.fields.items():
                    if field.decode is not None:
                        column: Any = source._meta.get_field(name)
                        found[column.column] = field.decode
    return found
