"""Everything that happened to one tenant or person in one list, merged from registered sources."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.http import HttpRequest

from .actors import named
from .models import AuditEvent

PER_PAGE = 25
WORDS = {"~": "changed", "+": "created", "-": "deleted"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. `who` is an address as it was; it is covered where the viewer may not see it."""

    at: datetime
    kind: str
    what: str
    who: str
    why: str
    url: str = ""
    actor_id: Any = None


Read = Callable[[HttpRequest, Any, datetime | None, int], Iterable[Entry]]


@dataclass(frozen=True, slots=True)
class Source:
    """Where entries of one kind come from. A `crowding` one is read only when it is asked for."""

    title: Any
    permission: str
    read: Read
    crowding: bool


_sources: dict[str, dict[str, Source]] = {}


def source(page: str, kind: str, permission: str, *, title: Any = "", crowding: bool = False) -> Callable[[Read], Read]:
    """Register where entries of `kind` come from: ``(request, object, before, limit)``, newest first."""

    def register(read: Read) -> Read:
        _sources.setdefault(page, {})[kind] = Source(title or f"{kind.capitalize()}s", permission, read, crowding)
        return read

    return register


def timeline(
    page: str, request: HttpRequest, obj: Any, *, kind: str = "", before: datetime | None = None
) -> list[Entry]:
    """The newest `PER_PAGE` entries (of one kind, before a moment) that the person may see."""
    lists = [
        list(entry.read(request, obj, before, PER_PAGE))
        for name, entry in _sources.get(page, {}).items()
        if (kind == name or (not kind and not entry.crowding)) and request.user.has_perm(entry.permission)  # type: ignore[union-attr]  # staff pages have a user
    ]
    merged = list(heapq.merge(*lists, key=lambda entry: entry.at, reverse=True))[:PER_PAGE]
    who = named(request, [(entry.actor_id, entry.who) for entry in merged])
    return [replace(entry, who=words) for entry, words in zip(merged, who, strict=True)]


def kinds(page: str, request: HttpRequest) -> list[tuple[str, Any]]:
    """The kinds that can be filtered by, with their titles."""
    return [
        (name, entry.title)
        for name, entry in _sources.get(page, {}).items()
        if request.user.has_perm(entry.permission)  # type: ignore[union-attr]  # staff pages have a user
    ]


def acts(condition: Q, before: datetime | None, limit: int, kind: str = "act") -> list[Entry]:
    """Recorded acts as entries."""
    rows = AuditEvent.objects.filter(condition)
    if before:
        rows = rows.filter(at__lt=before)
    return [
        Entry(row.at, kind, row.verb, row.actor_address, row.reason, actor_id=row.actor_id)
        for row in rows.order_by("-at", "-id")[:limit]
    ]


def changes(model: Any, condition: Q, before: datetime | None, limit: int) -> list[Entry]:
    """History rows as entries; who and why, not the values (those are in the audit browser)."""
    rows = model.history.filter(condition)
    if before:
        rows = rows.filter(history_date__lt=before)
    name = str(model._meta.verbose_name)
    return [
        Entry(
            row.history_date,
            "change",
            f"{name} {WORDS.get(row.history_type, '')}",
            row.history_actor,
            row.history_change_reason or "",
            actor_id=row.history_user_id,
        )
        for row in rows.order_by("-history_date", "-history_id")[:limit]
    ]
