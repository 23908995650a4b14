"""Everything that happened to one tenant or person in one list, merged from registered sources."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.http import HttpRequest

from .models import AuditEvent

PER_PAGE = 25
WORDS = {"~": "changed", "+": "created", "-": "deleted"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened."""

    at: datetime
    kind: str
    what: str
    who: str
    why: str
    url: str = ""


Source = Callable[[HttpRequest, Any, datetime | None, int], Iterable[Entry]]
_sources: dict[str, dict[str, tuple[str, Source]]] = {}


def source(page: str, kind: str, permission: str) -> Callable[[Source], Source]:
    """Register where entries of `kind` come from: ``(request, object, before, limit)``, newest first."""

    def register(read: Source) -> Source:
        _sources.setdefault(page, {})[kind] = (permission, read)
        return read

    return register


def timeline(
    page: str, request: HttpRequest, obj: Any, *, kind: str = "", before: datetime | None = None
) -> list[Entry]:
    """The newest `PER_PAGE` entries (of one kind, before a moment) that the person may see."""
    lists = [
        list(read(request, obj, before, PER_PAGE))
        for name, (permission, read) in _sources.get(page, {}).items()
        if (not kind or kind == name) and request.user.has_perm(permission)  # type: ignore[union-attr]  # staff
    ]
    return list(heapq.merge(*lists, key=lambda entry: entry.at, reverse=True))[:PER_PAGE]


def kinds(page: str) -> list[str]:
    """The kinds that can be filtered by."""
    return list(_sources.get(page, {}))


def acts(condition: Q, before: datetime | None, limit: int) -> list[Entry]:
    """Recorded acts as entries."""
    rows = AuditEvent.objects.filter(condition)
    if before:
        rows = rows.filter(at__lt=before)
    return [
        Entry(row.at, "act", row.verb, row.actor_address or "command line", row.reason)
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
            row.history_actor or "command line",
            row.history_change_reason or "",
        )
        for row in rows.order_by("-history_date", "-history_id")[:limit]
    ]


@source("tenant", "act", "tenancy.view_tenant")
def acts_of_tenant(request: HttpRequest, tenant: Any, before: datetime | None, limit: int) -> list[Entry]:
    return acts(Q(tenant_key=tenant.pk), before, limit)


@source("tenant", "change", "tenancy.view_tenant")
def changes_of_tenant(request: HttpRequest, tenant: Any, before: datetime | None, limit: int) -> list[Entry]:
    return changes(type(tenant), Q(id=tenant.pk), before, limit)


@source("person", "act", "accounts.view_user")
def acts_on_person(request: HttpRequest, person: Any, before: datetime | None, limit: int) -> list[Entry]:
    return acts(Q(target_id=str(person.pk)) | Q(actor_id=person.pk), before, limit)


@source("person", "change", "accounts.view_user")
def changes_of_person(request: HttpRequest, person: Any, before: datetime | None, limit: int) -> list[Entry]:
    return changes(get_user_model(), Q(id=person.pk), before, limit)
