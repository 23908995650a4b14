"""A page of the trail: the newest rows of each table that the filters leave, merged; a fixed number of queries."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.lookups import GreaterThanOrEqual, LessThan

from tenancy import TenantScopeRequired

from .sources import Entry, Source

PER_PAGE = 50
LOOK_AT = 10_000  # rows of a table that one page reads for a part of a reason


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
    def part(self) -> str:
        """A part of a reason to look for, or nothing. In quotation marks a reason is whole, and an index answers."""
        text = str(self.values.get("reason") or "")
        return "" if _unquoted(text) else text


def browse(chosen: Iterable[Source], wanted: Wanted, *, size: int = PER_PAGE) -> tuple[list[Entry], Place | None]:
    """The newest `size` entries in order, and where the next page begins (None: there is none).

    No index finds a part of a text (one that did would not be used under row-level security: its operator is not
    leakproof). So a page that looks for one reads `LOOK_AT` rows of a table at most; the next goes on behind them.
    """
    listed = sorted(chosen, key=lambda source: source.kind)
    end = _reach(listed, wanted) if wanted.part else None
    found = list(_merged(listed, wanted, end, size + 1))
    if len(found) <= size:
        return found, end
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


def _reach(listed: list[Source], wanted: Wanted) -> Place | None:
    """The last row that this page may read: the first at which one of the tables has given its share."""
    ends = []
    for source in listed:
        condition = _condition(source, wanted, part=False)
        if condition is not None:
            last = _rows(source, condition).values_list(source.at, "pk")[LOOK_AT - 1 : LOOK_AT]
            ends += [Place(at, source.kind, str(key)) for at, key in last]
    return max(ends, key=lambda place: place.at, default=None)  # of one moment the first by kind: they stand sorted


def _merged(listed: list[Source], wanted: Wanted, end: Place | None, limit: int) -> Iterator[Entry]:
    lists = [_newest(source, wanted, end, limit) for source in listed]
    # Stable: rows of one moment stay in the order of the tables' names, as `_behind` expects.
    merged = heapq.merge(*lists, key=lambda entry: entry.at, reverse=True)
    return (entry for _, entry in zip(range(limit), merged, strict=False))


def _newest(source: Source, wanted: Wanted, end: Place | None, limit: int) -> list[Entry]:
    condition = _condition(source, wanted)
    if condition is None:
        return []
    return [source.read(row) for row in _rows(source, condition & _until(source, end))[:limit]]


def _rows(source: Source, condition: Q) -> models.QuerySet[Any]:
    """Rows of one table, newest first. Raises TenantScopeRequired for records that no staff session opens."""
    if not source.is_in_sight:
        raise TenantScopeRequired(f"{source.kind} are tenants' own records.")
    rows: models.QuerySet[Any] = source.model._default_manager.filter(condition)
    return rows.order_by(f"-{source.at}", "-pk")


def _condition(source: Source, wanted: Wanted, *, part: bool = True) -> Q | None:
    condition = Q()
    for name, value in wanted.values.items():
        if not value:
            continue
        if name == "reason" and wanted.part:
            if not source.reason:
                return None
            condition &= Q(**{f"{source.reason}__icontains": value}) if part else Q()
        elif name in source.matches:
            condition &= source.matches[name](_unquoted(value) if name == "reason" else value)
        else:
            return None
    if wanted.since:
        condition &= Q(**{f"{source.at}__gte": wanted.since})
    if wanted.until:
        condition &= Q(**{f"{source.at}__lt": wanted.until})
    return condition & _behind(source, wanted.place)


def _unquoted(text: str) -> str:
    return text[1:-1] if len(text) > 2 and text[0] == text[-1] == '"' else ""


def _behind(source: Source, place: Place | None) -> Q:
    if place is None:
        return Q()
    if source.kind != place.kind:
        return Q(**{f"{source.at}__{'lt' if source.kind < place.kind else 'lte'}": place.at})
    return Q(LessThan(_row(models.F(source.at), models.F(source.model._meta.pk.name)), _start(source, place)))


def _until(source: Source, place: Place | None) -> Q:
    """The complement of `_behind`: the row itself and all before it."""
    if place is None:
        return Q()
    if source.kind != place.kind:
        return Q(**{f"{source.at}__{'gte' if source.kind < place.kind else 'gt'}": place.at})
    own = _row(models.F(source.at), models.F(source.model._meta.pk.name))
    return Q(GreaterThanOrEqual(own, _start(source, place)))


def _start(source: Source, place: Place) -> models.Func:
    key = source.model._meta.pk
    return _row(models.Value(place.at), models.Value(key.to_python(place.key), output_field=key))


def _row(*parts: Any) -> models.Func:
    # A row comparison is one range of the index; its spelled-out form with OR would read all rows before it.
    return models.Func(*parts, function="ROW", output_field=models.TextField())
