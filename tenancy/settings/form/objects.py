"""The node of an object: its properties under one legend, and unknown keys carried along."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ..documents import ABSENT, same
from ..keywords import ordered_keys
from ..registry import humanize
from .build import node_for
from .nodes import NULL_MARK, Data, Node


class ObjectNode(Node):
    """An object; one that may be absent or null has a check box that says whether it is there."""

    template = "tenancy/settings/widgets/object.html"
    is_group = True

    def __init__(self, schema: dict[str, Any], name: str, **options: Any) -> None:
        super().__init__(schema, name, **options)
        required = schema.get("required", ())
        self.is_on = True
        self.extra: dict[str, Any] = {}
        self.nodes = {
            key: node_for(
                schema["properties"][key],
                f"{name}.{key}",
                label=str(schema["properties"][key].get("title") or humanize(key)),
                optional=key not in required,
            )
            for key in ordered_keys(schema)
        }

    @property
    def extra_json(self) -> str:
        """The unknown keys, for the hidden control that carries them."""
        return json.dumps(self.extra)

    def load(self, value: Any) -> None:
        self.mark = NULL_MARK if value is None else self.usual_mark
        self.is_on = isinstance(value, dict) or (self.required and value is ABSENT)
        held = value if isinstance(value, dict) else {}
        self.extra = {key: item for key, item in held.items() if key not in self.nodes}
        for key, node in self.nodes.items():
            missing = node.schema.get("default", ABSENT) if value is ABSENT or value is None else ABSENT
            node.load(held.get(key, missing))

    def read(self, data: Data) -> None:
        self.mark = data.get(f"{self.name}:empty", self.usual_mark)
        self.extra = _extra(str(data.get(f"{self.name}:extra", "")), self.nodes)
        for node in self.nodes.values():
            node.read(data)
        self.is_on = self.required or f"{self.name}:on" in data or self._was_filled(data)

    def _was_filled(self, data: Data) -> bool:
        # Typing into an object that was not there means wanting it, box ticked or not: nothing typed is lost.
        if data.get(f"{self.name}:was") != "off":
            return False
        untouched = node_for(self.schema, self.name, optional=self.optional)
        untouched.load(ABSENT)
        pairs = zip(self.nodes.values(), untouched.children(), strict=True)
        return any(not same(typed.value(), blank.value()) for typed, blank in pairs)

    def value(self) -> Any:
        if not self.is_on:
            return None if self.mark == NULL_MARK and self.nullable else ABSENT if self.optional else None
        values = {key: node.value() for key, node in self.nodes.items()}
        return {key: value for key, value in values.items() if value is not ABSENT} | self.extra

    def children(self) -> Iterator[Node]:
        return iter(self.nodes.values())

    def child(self, step: str | int) -> Node | None:
        return self.nodes.get(step) if isinstance(step, str) else None


def _extra(text: str, known: Any) -> dict[str, Any]:
    try:
        extra = json.loads(text) if 0 < len(text) <= 65_536 else {}
    except (ValueError, RecursionError):
        return {}
    return {key: item for key, item in extra.items() if key not in known} if isinstance(extra, dict) else {}
