"""A page of the trail: the newest rows of each table that the filters leave, merged; as many queries as tables."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.lookups import LessThan

from tenancy import TenantScopeRequired

from .sources import Entry, Source

PER_PAGE = 50
WIDE_SPAN = timedelta(days=31)
NARROWING = ("tenant", "person", "actor", "object", "request")


@dataclass(frozen=True, slots=True)
class Place:
    """Behind which row the page begins: its moment, its table, its key."""

    at: datetime
    kind: str
    key: str

    def __str__(self) -> str:
        return f"{self.at.isoformat()}|{self.kind}|{self.key}"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for. `values` holds tenant, person, actor (keys), object, verb, request and reason (texts)."""

    values: dict[str, Any] = field(default_factory=dict)
    since: datetime | None = None
    until: datetime | None = None
    place: Place | None = None

    @property
    def is_narrow(self) -> bool:
        """Whether few enough rows are left that a part of a reason can be looked for in them."""
        span = self.since is not None and (self.until or datetime.max.replace(tzinfo=self.since.tzinfo)) - self.since
        return any(self.values.get(name) for name in NARROWING) or (span is not False and span <= WIDE_SPAN)


def browse(chosen: Iterable[Source], wanted: Wanted, *, size: int = PER_PAGE) -> tuple[list[Entry], Place | None]:
    """The newest `size` entries in order, and where the next page begins (None: there is none)."""
    found = list(_merged(sorted(chosen, key=lambda source: source.kind), wanted, size + 1))
    if len(found) <= size:
        return found, None
    last = found[size - 1]
    return found[:size], Place(last.at, last.kind, str(last.key))


def walk(chosen: Iterable[Source], wanted: Wanted, *, size: int = 1_000) -> Iterator[Entry]:
    """All entries, page by page: for exports of any length."""
    listed, place = list(chosen), wanted.place
    while True:
        here = Wanted(wanted.values, wanted.since, wanted.until, place)
        entries, place = browse(listed, here, size=size)
        yield from entries
        if place is None:
            return


def _merged(chosen: list[Source], wanted: Wanted, limit: int) -> Iterator[Entry]:
    lists = [_newest(source, wanted, limit) for source in chosen]
    # Stable: rows of one moment stay in the order of the tables' names, as `_behind` expects.
    merged = heapq.merge(*lists, key=lambda entry: entry.at, reverse=True)
    return (entry for _, entry in zip(range(limit), merged, strict=False))


def _newest(source: Source, wanted: Wanted, limit: int) -> list[Entry]:
    """Rows of one table, newest first. Raises TenantScopeRequired for records that no staff session opens."""
    condition = _condition(source, wanted)
    if condition is None:
        return []
    if not source.is_in_sight:
        raise TenantScopeRequired(f"{source.kind} are tenants' own records.")
    rows = source.model._default_manager.filter(condition).order_by(f"-{source.at}", "-pk")
    return [source.read(row) for row in rows[:limit]]


def _condition(source: Source, wanted: Wanted) -> Q | None:
    condition = Q()
    for name, value in wanted.values.items():
        if not value:
            continue
        if name == "reason" and wanted.is_narrow and source.reason:
            condition &= Q(**{f"{source.reason}__icontains": value})
        elif name in source.matches:
            condition &= source.matches[name](value)
        else:
            return None
    if wanted.since:
        condition &= Q(**{f"{source.at}__gte": wanted.since})
    if wanted.until:
        condition &= Q(**{f"{source.at}__lt": wanted.until})
    return condition & _behind(source, wanted.place)


def _behind(source: Source, place: Place | None) -> Q:
    if place is None:
        return Q()
    if source.kind != place.kind:
        return Q(**{f"{source.at}__{'lt' if source.kind < place.kind else 'lte'}": place.at})
    key = source.model._meta.pk
    start = [models.Value(place.at), models.Value(key.to_python(place.key), output_field=key)]
    return Q(LessThan(_row(models.F(source.at), models.F(key.name)), _row(*start)))


def _row(*parts: Any) -> models.Func:
    # A row comparison is one range of the index; its spelled-out form with OR would read all rows before it.
    return models.Func(*parts, function="ROW", output_field=models.TextField())
