"""Nodes of lists: lines of text, sets of check boxes, and entries with controls of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from ..documents import ABSENT, canonical
from .build import node_for
from .nodes import ABSENT_MARK, EMPTY_MARK, Data, Node, entry_label
from .scalars import clean


class LinesNode(Node):
    """A list of strings, one per line. Strings that a line can not hold get entries of their own instead."""

    text = ""
    entries: ListNode | None = None

    @property
    def template(self) -> str:  # type: ignore[override]
        """Lines, or entries."""
        return self.entries.template if self.entries else "tenancy/settings/widgets/lines.html"

    @property
    def is_group(self) -> bool:  # type: ignore[override]
        """Whether it became entries."""
        return self.entries is not None

    @property
    def usual_mark(self) -> str:
        return EMPTY_MARK if not self.optional else ABSENT_MARK

    def load(self, value: Any) -> None:
        self.remember(value)
        items = value if isinstance(value, list) else []
        if any(item != self._line(item) or not item or "\n" in item for item in items):
            self.entries = self._as_entries()
            self.entries.load(value)
        else:
            self.text = "\n".join(items)

    def read(self, data: Data) -> None:
        self.read_mark(data)
        if f"{self.name}:entries" in data:
            self.entries = self._as_entries()
            self.entries.read(data)
        else:
            self.text = clean(str(data.get(self.name, "")))

    def value(self) -> Any:
        if self.entries:
            return self.entries.value()
        lines = [self._line(line) for line in self.text.split("\n")]
        return [line for line in lines if line] or self.empty([])

    def _line(self, text: str) -> str:
        return text.strip() if "format" in self.schema["items"] else text

    def _as_entries(self) -> ListNode:
        return ListNode(self.schema, self.name, label=self.label, optional=self.optional)

    def children(self) -> Iterator[Node]:
        return iter([self.entries] if self.entries else [])

    def place(self, path: Sequence[str | int], message: str) -> None:
        if self.entries:
            self.entries.place(path, message)
        elif path and isinstance(path[0], int):
            self.errors.append(_("Line %(n)d: %(message)s") % {"n": path[0] + 1, "message": message})
        else:
            self.errors.append(message)

    def __getattr__(self, name: str) -> Any:
        # The template of entries asks this node for what the entries know.
        entries = self.__dict__.get("entries")
        if entries is None or name.startswith("_"):
            raise AttributeError(name)
        return getattr(entries, name)


class ChecksNode(Node):
    """A set of values of an enum, as check boxes."""

    template = "tenancy/settings/widgets/checks.html"
    is_group = True
    raw: Sequence[str] = ()

    @property
    def usual_mark(self) -> str:
        return EMPTY_MARK if not self.optional else ABSENT_MARK

    @property
    def options(self) -> list[tuple[str, str, bool]]:
        """(value, label, ticked)."""
        items = self.schema["items"]
        titles = items.get("x-enum-titles") or [str(item) for item in items["enum"]]
        pairs = zip(map(canonical, items["enum"]), titles, strict=True)
        return [(value, str(title), value in self.raw) for value, title in pairs]

    def load(self, value: Any) -> None:
        self.remember(value)
        self.raw = [canonical(item) for item in value] if isinstance(value, list) else []

    def read(self, data: Data) -> None:
        self.read_mark(data)
        self.raw = data.getlist(self.name)

    def value(self) -> Any:
        known = {canonical(item): item for item in self.schema["items"]["enum"]}
        chosen = [item for text, item in known.items() if text in self.raw]
        strange = [text for text in self.raw if text not in known]
        return chosen + strange or self.empty([])


class ListNode(Node):
    """A list whose entries are added, removed and moved; every entry keeps its own id while it moves."""

    template = "tenancy/settings/widgets/list.html"
    is_group = True

    def __init__(self, schema: dict[str, Any], name: str, **options: Any) -> None:
        super().__init__(schema, name, **options)
        self.nodes: dict[str, Node] = {}

    @property
    def usual_mark(self) -> str:
        return EMPTY_MARK if not self.optional else ABSENT_MARK

    @property
    def entries_list(self) -> list[tuple[str, Node, bool, bool]]:
        """(id, node, is first, is last)."""
        last = len(self.nodes) - 1
        return [(key, node, at == 0, at == last) for at, (key, node) in enumerate(self.nodes.items())]

    @property
    def blank(self) -> Node:
        """An empty entry, from which the page's script makes new ones; its id is a placeholder."""
        return self._make("__new__", ABSENT)

    @property
    def may_grow(self) -> bool:
        """Whether one more entry is allowed."""
        return len(self.nodes) < int(self.schema.get("maxItems", 1_000))

    def load(self, value: Any) -> None:
        self.remember(value)
        items = value if isinstance(value, list) else []
        self.nodes = {str(at): self._make(str(at), item) for at, item in enumerate(items)}

    def read(self, data: Data) -> None:
        self.read_mark(data)
        keys = dict.fromkeys(key for key in data.getlist(f"{self.name}:entry") if key.isalnum() and len(key) < 12)
        self.nodes = {}
        for key in list(keys)[:1_000]:
            self.nodes[key] = node_for(self.schema["items"], f"{self.name}.{key}")
            self.nodes[key].read(data)
        self._number()

    def value(self) -> Any:
        values = [node.value() for node in self.nodes.values()]
        return [None if value is ABSENT else value for value in values] or self.empty([])

    def children(self) -> Iterator[Node]:
        return iter(self.nodes.values())

    def child(self, step: str | int) -> Node | None:
        nodes = list(self.nodes.values())
        return nodes[step] if isinstance(step, int) and 0 <= step < len(nodes) else None

    def act(self, verb: str, name: str) -> bool:
        if verb == "add" and name == self.name:
            if self.may_grow:
                key = str(max((int(key) for key in self.nodes if key.isdecimal()), default=-1) + 1)
                self.nodes[key] = self._make(key, ABSENT)
                self._number()
            return True
        key = name.removeprefix(f"{self.name}.")
        if name != self.name and key in self.nodes:
            self._move(verb, key)
            return True
        return super().act(verb, name)

    def _move(self, verb: str, key: str) -> None:
        order = list(self.nodes)
        at = order.index(key)
        to = {"up": at - 1, "down": at + 1}.get(verb)
        if verb == "remove":
            del order[at]
        elif to is not None and 0 <= to < len(order):
            order[at], order[to] = order[to], order[at]
        self.nodes = {key: self.nodes[key] for key in order}
        self._number()

    def _make(self, key: str, value: Any) -> Node:
        items = self.schema["items"]
        node = node_for(items, f"{self.name}.{key}")
        node.load(items.get("default", ABSENT) if value is ABSENT else value)
        node.label = entry_label(len(self.nodes) + 1)
        if key.isdecimal():
            node.label = entry_label(int(key) + 1)
        return node

    def _number(self) -> None:
        for number, node in enumerate(self.nodes.values(), start=1):
            node.label = entry_label(number)
