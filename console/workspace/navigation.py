"""The workspace's menu: features add their pages to it, and each person sees what their role opens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from tenancy.roles import Action, Role, can


@dataclass(frozen=True)
class Entry:
    """One link of the menu. `prefix` marks it as current for every URL name that starts with it."""

    url_name: str
    label: Any  # a text, lazily translated
    action: Action
    order: int
    prefix: str


_entries: dict[str, Entry] = {}


def add_page(url_name: str, label: Any, *, action: Action, order: int = 100, prefix: str = "") -> None:
    """Give a page a place in the menu, for the roles that may do `action`. Called from an app's ready()."""
    _entries[url_name] = Entry(url_name, label, action, order, prefix or url_name)


def menu(role: Role | None, current: str) -> list[dict[str, Any]]:
    """The links for `role`, in order; `current` is the URL name of the page that is shown."""
    shown = [entry for entry in sorted(_entries.values(), key=lambda entry: entry.order) if can(role, entry.action)]
    return [
        {"label": entry.label, "url": reverse(entry.url_name), "current": current.startswith(entry.prefix)}
        for entry in shown
    ]
