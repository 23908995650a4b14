"""Chooses the node for a schema."""

from __future__ import annotations

from typing import Any

from ..keywords import type_of
from ..schema import is_one_input
from .nodes import Node


def node_for(schema: dict[str, Any], name: str, *, label: str = "", optional: bool = False) -> Node:
    """The node that shows values of `schema`, a schema of the supported subset."""
    from . import lists, objects, scalars

    kind = type_of(schema)
    made: type[Node]
    if "enum" in schema:
        made = scalars.ChoiceNode
    elif kind == "array":
        is_set = "enum" in schema["items"] and schema.get("uniqueItems") is True
        lines = lists.LinesNode if is_one_input(schema) else lists.ListNode
        made = lists.ChecksNode if is_set else lines
    elif kind == "object":
        made = objects.ObjectNode
    elif kind == "boolean":
        made = scalars.BooleanNode
    elif kind in ("integer", "number"):
        made = scalars.NumberNode
    elif schema.get("x-secret"):
        made = scalars.SecretNode
    else:
        by_format = {"duration": scalars.DurationNode, "locale": scalars.LocaleNode}
        made = by_format.get(str(schema.get("format")), scalars.TextNode)
    return made(schema, name, label=label, optional=optional)
