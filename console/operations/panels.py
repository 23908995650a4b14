"""Panels of the tenant's and the person's page: a registry that each feature fills; an empty panel is not shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest

Fill = Callable[[HttpRequest, Any], "Content | None"]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a panel: a word, a value, perhaps where it leads and how it is meant (good, bad, warn, quiet)."""

    label: Any
    value: Any
    url: str = ""
    tone: str = ""
    buttons: tuple[dict[str, Any], ...] = ()  # dialogs beside the line: title, path, whether they are dialogs


@dataclass(slots=True)
class Content:
    """What a panel shows: rows, or bars of a chart (label, number), and where all of it stands."""

    rows: list[Row] = field(default_factory=list)
    bars: list[tuple[str, int]] = field(default_factory=list)
    more: str = ""
    note: str = ""

    @property
    def scaled(self) -> list[tuple[str, int, int]]:
        """The bars with their height in percent."""
        top = max((number for _label, number in self.bars), default=0) or 1
        return [(label, number, number * 100 // top) for label, number in self.bars]


@dataclass(frozen=True, slots=True)
class Panel:
    """One box of a page, for those who hold `permission`."""

    name: str
    title: Any
    permission: str
    fill: Fill


_panels: dict[str, dict[str, Panel]] = {}


def panel(page: str, name: str, title: Any, permission: str) -> Callable[[Fill], Fill]:
    """Register a panel of the ``tenant`` or ``person`` page; shown in the order of registration."""

    def register(fill: Fill) -> Fill:
        _panels.setdefault(page, {})[name] = Panel(name, title, permission, fill)
        return fill

    return register


def filled(page: str, request: HttpRequest, obj: Any) -> Iterator[dict[str, Any]]:
    """The panels of a page that the person may see and that have something to say."""
    for entry in _panels.get(page, {}).values():
        if not request.user.has_perm(entry.permission):  # type: ignore[union-attr]  # staff pages have a user
            continue
        content = entry.fill(request, obj)
        if content is not None:
            yield {"name": entry.name, "title": entry.title, "content": content}
