"""What somebody typed into the filters of the trail, read: keys out of slugs and addresses, moments, problems."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.timezone import get_current_timezone, is_naive, make_aware
from django.utils.translation import gettext as _

from tenancy.models import Tenant

from .trail.browse import Place, Wanted
from .trail.sources import sources

TEXTS = ("tenant", "person", "actor", "object", "verb", "request", "reason")
MOMENTS = ("since", "until")
FILTERS = ("kind", *TEXTS, *MOMENTS)


@dataclass
class Read:
    """The filters as they were typed, what they mean, and what cannot be read."""

    typed: dict[str, str]
    wanted: Wanted
    problems: list[str] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return self.typed["kind"]


def read_filters(data: Mapping[str, Any]) -> Read:
    """Read a query string. A tenant is an id or a slug, a person an id or an address, a moment a day or a time."""
    typed = {name: str(data.get(name, "")).strip()[:600] for name in FILTERS}
    problems: list[str] = []
    values: dict[str, Any] = {name: typed[name] for name in ("object", "verb", "request", "reason") if typed[name]}
    for name, find in (("tenant", _tenant), ("person", _person), ("actor", _person)):
        if typed[name]:
            values[name] = find(typed[name])
            if values[name] is None:
                problems.append(
                    _("“%(name)s” wants an id, or what is known of one: nothing is found.") % {"name": name}
                )
    moments = {name: moment(typed[name]) for name in MOMENTS}
    problems += [
        _("“%(name)s” wants a date.") % {"name": name} for name in MOMENTS if typed[name] and not moments[name]
    ]
    place = _place(str(data.get("before", "")))
    return Read(typed, Wanted(values, moments["since"], moments["until"], place), problems)


def moment(text: str) -> datetime | None:
    """A day or a time in the viewer's zone; None for another text."""
    try:
        found = parse_datetime(text)
        if found is None and (day := parse_date(text)) is not None:
            found = datetime(day.year, day.month, day.day)
    except ValueError:
        return None
    return make_aware(found, get_current_timezone()) if found is not None and is_naive(found) else found


def _tenant(text: str) -> UUID | None:
    return _key(text) or Tenant.objects.filter(slug=text.lower()).values_list("pk", flat=True).first()


def _person(text: str) -> UUID | None:
    found: UUID | None = _key(text)
    if found is None and "@" in text:
        found = get_user_model().objects.filter(email=text.lower()).values_list("pk", flat=True).first()
    return found


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _place(text: str) -> Place | None:
    at, _bar, rest = text.partition("|")
    kind, _bar, key = rest.partition("|")
    found = moment(at)
    if found is None or kind not in sources():
        return None
    try:
        sources()[kind].model._meta.pk.to_python(key)
    except ValidationError:
        return None
    return Place(found, kind, key)
