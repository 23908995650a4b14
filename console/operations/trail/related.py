"""What an object was tied to at any moment, such as a contact's tags: read from the history of the ties."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import models

from .diff import HIDDEN
from .sources import history_of, tracked_models

LIMIT = 200  # ties that are named; more are hardly read
CASCADE = timedelta(seconds=1)  # ties go a moment before the row that takes them along


@dataclass(frozen=True, slots=True)
class Tied:
    """One many-to-many field: the other ends then and now, as (label, key, words)."""

    name: str
    then: list[tuple[str, str, str]]
    now: list[tuple[str, str, str]]

    @property
    def is_changed(self) -> bool:
        return {end[1] for end in self.then} != {end[1] for end in self.now}


def ties(newest: Any, moment: datetime | None, *, hides: Callable[[Any, str], bool]) -> list[Tied]:
    """The ties of the object of a history row, at `moment` and now (of a deleted one: just before it went).

    Fields whose ties keep no history are left out: nobody knows what they were.
    """
    model: Any = type(newest).instance_type
    until = newest.history_date - CASCADE if newest.history_type == "-" else None
    return [
        Tied(
            str(field.verbose_name),
            _ends(field, newest, moment, hides) if moment else [],
            _ends(field, newest, until, hides),
        )
        for field in model._meta.many_to_many
        if {through(field)._meta.label_lower, field.related_model._meta.label_lower} <= set(tracked_models())
    ]


def through(field: Any) -> Any:
    return field.remote_field.through


def _ends(field: Any, row: Any, moment: datetime | None, hides: Callable[[Any, str], bool]) -> list[Any]:
    tie, far = through(field)._meta, field.related_model._meta
    key = getattr(row, type(row).instance_type._meta.pk.attname)
    own = {tie.get_field(field.m2m_field_name()).attname: key}
    held = [one for one in _newest(tie, own, moment) if one.history_type != "-"][:LIMIT]
    keys = [getattr(one, tie.get_field(field.m2m_reverse_field_name()).attname) for one in held]
    ends = _newest(far, {f"{far.pk.attname}__in": keys}, moment) if keys else []
    found = {getattr(one, far.pk.attname): one for one in ends}
    named = [(far.label_lower, str(one), _words(found.get(one), str(one), hides)) for one in keys]
    return sorted(named, key=lambda end: (end[2].casefold(), end[1]))


def _newest(meta: Any, condition: dict[str, Any], moment: datetime | None) -> Iterable[Any]:
    """The row of each object of a kind that held at the moment."""
    rows: models.QuerySet[Any] = history_of(meta.label_lower)._default_manager.filter(**condition)
    rows = rows.filter(history_date__lte=moment) if moment else rows
    return rows.order_by(meta.pk.attname, "-history_date", "-history_id").distinct(meta.pk.attname)


def _words(row: Any, key: str, hides: Callable[[Any, str], bool]) -> str:
    if row is None or not hasattr(row, "name"):
        return key
    return f"{HIDDEN} {key[:8]}" if hides(row, "name") else str(row.name)  # told apart, not spelled out
