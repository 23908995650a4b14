"""Columns and rows of an export: those of a list's page, or of the trail, masked for the person who asked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.apps import apps
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.sites import site
from django.contrib.admin.utils import label_for_field, lookup_field
from django.contrib.sessions.backends.base import SessionBase
from django.core.exceptions import SuspiciousOperation
from django.db import models
from django.http import HttpRequest, QueryDict
from django.utils.html import strip_tags

from pii.masking import Viewer
from tenancy import current_scope

from ..trail.browse import walk
from ..trail.sources import Entry
from ..trail_filters import FILTERS, read_filters
from ..trail_pages import chosen_sources, lines

TRAIL = "trail"
TRAIL_COLUMNS = ("at", "what", "who", "model", "object", "why", "request")
CHUNK = 500


def request_of(person: Any, query: dict[str, Any]) -> HttpRequest:
    """A request as the person's, without a session: what is open to them is open, what they revealed is not."""
    request = HttpRequest()
    request.method = "GET"
    request.user = person
    request.session = SessionBase()
    given = QueryDict(mutable=True)
    for name, values in query.items():
        given.setlist(name, values if isinstance(values, list) else [values])
    request.GET = given  # type: ignore[assignment]  # the change list reads it as it reads a query string
    request._pii_viewer = Viewer(person.pk, "", current_scope().content)  # type: ignore[attr-defined]  # no reveals
    return request


def read(source: str, request: HttpRequest) -> tuple[list[str], Iterator[list[str]]]:
    """Column titles and rows. Needs staff scope. Raises PermissionDenied as the page itself does."""
    return _trail(request) if source == TRAIL else _list(source, request)


def _trail(request: HttpRequest) -> tuple[list[str], Iterator[list[str]]]:
    filters = read_filters({name: request.GET.get(name, "") for name in FILTERS})
    chosen = [] if filters.problems else chosen_sources(request, filters.kind)

    def rows() -> Iterator[list[str]]:
        part: list[Entry] = []
        for entry in walk(chosen, filters.wanted):
            part.append(entry)
            if len(part) == CHUNK:
                yield from _shown(request, part)
                part = []
        yield from _shown(request, part)

    return list(TRAIL_COLUMNS), rows()


def _shown(request: HttpRequest, part: list[Any]) -> Iterator[list[str]]:
    for line in lines(request, part):
        yield [text(line[name]) for name in TRAIL_COLUMNS]


def _list(label: str, request: HttpRequest) -> tuple[list[str], Iterator[list[str]]]:
    page: Any = site._registry[apps.get_model(label)]
    try:
        changelist = page.get_changelist_instance(request)
    except IncorrectLookupParameters as error:
        raise SuspiciousOperation("The list has no such filter.") from error
    listed = [
        getattr(name, "raw_name", name) for name in changelist.list_display
    ]  # moments and keys, no words for them
    names = [name for name in listed if name != "action_checkbox"]
    titles = [str(label_for_field(name, page.model, page)) for name in names]

    def rows() -> Iterator[list[str]]:
        for obj in changelist.queryset.iterator(chunk_size=CHUNK):
            yield [str(obj.pk), *(_value(page, obj, name) for name in names)]

    return ["key", *titles], rows()


def _value(page: Any, obj: models.Model, name: Any) -> str:
    field, _attr, value = lookup_field(name, obj, page)
    if field is not None and getattr(field, "flatchoices", None):
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, tuple):  # unfold's label: the key, and the words for it
        value = value[-1]
    if field is not None and isinstance(field, models.ForeignKey) and value is not None:
        value = getattr(obj, field.attname)
    return strip_tags(text(value)) if field is None else text(value)


def text(value: Any) -> str:
    """A value as text: moments with their zone, nothing as an empty text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat() if isinstance(value, datetime) else str(value)
