"""One node per place in a value: what the form shows there, and how a posted form becomes JSON again.

A node never judges. Text that is no number stays text, and the judge says so in the same words as everywhere else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from django.utils.translation import gettext as _

from ..documents import ABSENT
from ..keywords import is_nullable

ABSENT_MARK, NULL_MARK, EMPTY_MARK = "absent", "null", "empty"


class Data(Protocol):
    """A posted form (QueryDict)."""

    def get(self, key: str, default: Any = None) -> Any: ...
    def getlist(self, key: str) -> Sequence[str]: ...
    def __contains__(self, key: object) -> bool: ...


class Node:
    """Base of all nodes. `optional` says that the place may be absent (a property that is not required).

    An empty control means what it meant when it was rendered (absent, null, or an empty value): a hidden marker says
    so, and an untouched form changes nothing.
    """

    template = ""
    is_group = False  # several controls under one legend

    def __init__(self, schema: dict[str, Any], name: str, *, label: str = "", optional: bool = False) -> None:
        self.schema = schema
        self.name = name
        self.label = label or str(schema.get("title") or "")
        self.help = str(schema.get("description", ""))
        self.unit = str(schema.get("x-unit", ""))
        self.optional = optional
        self.nullable = is_nullable(schema)
        self.errors: list[str] = []
        self.mark = self.usual_mark

    @property
    def usual_mark(self) -> str:
        """What an empty control stands for where nothing was known."""
        if self.optional:
            return ABSENT_MARK
        return NULL_MARK if self.nullable else EMPTY_MARK

    @property
    def id(self) -> str:
        """The id of its control or fieldset."""
        return "f-" + re.sub(r"[^A-Za-z0-9_-]", "-", self.name)

    @property
    def required(self) -> bool:
        """Whether it can not be left empty."""
        return not (self.optional or self.nullable)

    @property
    def described_by(self) -> str:
        """Ids of its help and its errors, for assistive technology."""
        ids = [f"{self.id}-help"] if self.help else []
        return " ".join(ids + ([f"{self.id}-error"] if self.errors else []))

    def load(self, value: Any) -> None:
        """Show a JSON value, or ABSENT."""
        raise TypeError(f"{type(self).__name__} shows nothing")

    def read(self, data: Data) -> None:
        """Show what was posted, as it was typed."""
        raise TypeError(f"{type(self).__name__} reads nothing")

    def value(self) -> Any:
        """The JSON value that the controls stand for, or ABSENT."""
        raise TypeError(f"{type(self).__name__} has no value")

    def children(self) -> Iterator[Node]:
        """The nodes below."""
        return iter(())

    def child(self, step: str | int) -> Node | None:
        """The node one step of a path further down, or None."""
        return None

    def place(self, path: Sequence[str | int], message: str) -> None:
        """Put a message at the longest part of `path` that has a control."""
        below = self.child(path[0]) if path else None
        if below is not None:
            below.place(path[1:], message)
        else:
            self.errors.append(message)

    def act(self, verb: str, name: str) -> bool:
        """Do ``add``, ``remove``, ``up`` or ``down`` at the node or entry called `name`; whether it is below here."""
        return any(node.act(verb, name) for node in self.children())

    def has_errors(self) -> bool:
        """Whether a message stands here or below."""
        return bool(self.errors) or any(node.has_errors() for node in self.children())

    def remember(self, value: Any) -> None:
        """Note what an empty control stands for from now on."""
        self.mark = ABSENT_MARK if value is ABSENT else NULL_MARK if value is None else self.usual_mark
        if value in ("", []):
            self.mark = EMPTY_MARK

    def read_mark(self, data: Data) -> None:
        """Take over the marker of the posted form."""
        mark = data.get(f"{self.name}:empty", self.usual_mark)
        self.mark = mark if mark in (ABSENT_MARK, NULL_MARK, EMPTY_MARK) else self.usual_mark

    def empty(self, value: Any) -> Any:
        """ABSENT, None or `value`, as the marker says."""
        return {ABSENT_MARK: ABSENT, NULL_MARK: None}.get(self.mark, value)


def entry_label(number: int) -> str:
    """What an entry of a list is called."""
    return _("Entry %(n)d") % {"n": number}
