"""What happened to a contact, from the history of it and of everything that hangs on it, newest first."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .attributes import format_attributes
from .models import Attachment, Contact, ContactTag, Note, Tag

SENTENCES = {
    ("contact", "+"): gettext_lazy("created the contact"),
    ("contact", "~"): gettext_lazy("changed the contact"),
    ("contact", "-"): gettext_lazy("deleted the contact"),
    ("note", "+"): gettext_lazy("wrote a note"),
    ("note", "~"): gettext_lazy("changed a note"),
    ("note", "-"): gettext_lazy("deleted a note"),
    ("attachment", "+"): gettext_lazy("uploaded a file"),
    ("attachment", "~"): gettext_lazy("renamed a file"),
    ("attachment", "-"): gettext_lazy("deleted a file"),
    ("contacttag", "+"): gettext_lazy("added a tag"),
    ("contacttag", "-"): gettext_lazy("removed a tag"),
}
SKIPPED = {"id", "tenant", "created_at", "updated_at"}


@dataclass
class Event:
    """One line of a timeline. `changes` are (label, before, after); `actor` is filled by the page."""

    at: datetime
    kind: str
    sign: str
    actor_id: UUID | None
    reason: str
    subject: str = ""
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    actor: str = ""
    contact_id: UUID | None = None
    contact: Contact | None = None

    @property
    def sentence(self) -> Any:
        return SENTENCES.get((self.kind, self.sign), _("changed something"))


def timeline_of(contact: Contact, *, size: int, before: datetime | None = None) -> tuple[list[Event], datetime | None]:
    """The newest `size` events (older than `before`), and the moment to ask on from, or None. Five queries."""
    sources = [
        _contact_events(contact, size + 1, before),
        _events(Note, contact, size + 1, before, lambda row: row.body[:200]),
        _events(Attachment, contact, size + 1, before, lambda row: row.name),
        _tag_events(contact, size + 1, before),
    ]
    events = [event for event, _number in zip(_merged(sources), range(size + 1), strict=False)]
    return events[:size], events[size - 1].at if len(events) > size else None


def recent_events(*, size: int, before: datetime | None = None) -> list[Event]:
    """The newest events of all records in scope, each with its contact's key as `contact_id`."""
    sources = []
    for model in (Contact, Note, Attachment):
        events = []
        for row in _rows(model, size, before):
            event = _event(row, str(model._meta.model_name))
            event.contact_id = row.id if model is Contact else row.contact_id
            events.append(event)
        sources.append(events)
    events = [event for event, _number in zip(_merged(sources), range(size), strict=False)]
    known = Contact.objects.in_bulk([event.contact_id for event in events if event.contact_id])
    for event in events:
        event.contact = known.get(event.contact_id) if event.contact_id else None
    return events


def _merged(sources: list[list[Event]]) -> Iterator[Event]:
    return heapq.merge(*sources, key=lambda event: event.at, reverse=True)


def _rows(model: Any, size: int, before: datetime | None, **belongs: Any) -> list[Any]:
    rows = model.history.filter(**belongs).order_by("-history_date", "-history_id")
    if before is not None:
        rows = rows.filter(history_date__lt=before)
    return list(rows[:size])


def _event(row: Any, kind: str) -> Event:
    return Event(row.history_date, kind, row.history_type, row.history_user_id, row.history_change_reason or "")


def _events(model: Any, contact: Contact, size: int, before: datetime | None, said: Any) -> list[Event]:
    events = []
    for row in _rows(model, size, before, contact_id=contact.pk):
        event = _event(row, model._meta.model_name)
        event.subject = said(row)
        events.append(event)
    return events


def _tag_events(contact: Contact, size: int, before: datetime | None) -> list[Event]:
    rows = _rows(ContactTag, size, before, contact_id=contact.pk)
    names = dict(Tag.objects.filter(pk__in={row.tag_id for row in rows}).values_list("pk", "name"))
    events = []
    for row in rows:
        event = _event(row, "contacttag")
        event.subject = names.get(row.tag_id) or _("a tag that was deleted")
        events.append(event)
    return events


def _contact_events(contact: Contact, size: int, before: datetime | None) -> list[Event]:
    rows = _rows(Contact, size + 1, before, id=contact.pk)  # one more: the last one's predecessor
    events = []
    for number, row in enumerate(rows[:size]):
        event = _event(row, "contact")
        if row.history_type == "~" and number + 1 < len(rows):
            event.changes = differences(rows[number + 1], row)
        events.append(event)
    return events


def differences(before: Any, after: Any) -> list[tuple[str, str, str]]:
    """Label, old and new value of every column that differs between two history rows."""
    found = []
    for tracked in type(after).tracked_fields:
        old, new = getattr(before, tracked.attname), getattr(after, tracked.attname)
        if tracked.name not in SKIPPED and old != new:
            found.append((str(tracked.verbose_name).capitalize(), _shown(old), _shown(new)))
    return found


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return format_attributes(value).replace("\n", "; ")
    return "" if value is None else str(value)
