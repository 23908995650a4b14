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
    series: dict[str, list[int]] = field(default_factory=dict)  # parts of each bar, from the bottom up
    more: str = ""
    note: str = ""

    @property
    def scaled(self) -> list[tuple[str, int, int]]:
        """The bars with their height in percent."""
        top = self.top or 1
        return [(label, number, number * 100 // top) for label, number in self.bars]

    @property
    def stacked(self) -> list[tuple[str, str, list[tuple[int, int]]]]:
        """(label, words, parts) per bar; a part is (number of its series, height in percent)."""
        top = self.top or 1
        found = []
        for place, (label, _total) in enumerate(self.bars):
            numbers = [(name, values[place]) for name, values in self.series.items()]
            words = ", ".join(f"{name} {count}" for name, count in numbers if count)
            parts = [(index, count * 100 // top) for index, (_name, count) in enumerate(numbers)]
            found.append((label, words, parts))
        return found

    @property
    def top(self) -> int:
        """The highest number."""
        return max((number for _label, number in self.bars), default=0)

    @property
    def is_short(self) -> bool:
        """Whether there is room for a label under every bar."""
        return len(self.bars) <= 4


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
