"""The doors to single records and the verbs that write them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar
from uuid import UUID

from django.db import models, transaction
from django.http import Http404

from pii.restricted import refuse_restricted
from tenancy import audit
from tenancy.audit import changing

from .keys import search_key
from .models import Attachment, Contact, Note, Tag
from .tagging import put_on, take_off

M = TypeVar("M", bound=models.Model)


def access_contact_by_id(key: UUID) -> Contact:
    """The contact in scope. Raises Http404 for an absent one and another tenant's alike."""
    return _access(Contact, key)


def access_note_by_id(key: UUID) -> Note:
    """The note in scope. Raises Http404."""
    return _access(Note, key)


def access_attachment_by_id(key: UUID) -> Attachment:
    """The attachment in scope. Raises Http404."""
    return _access(Attachment, key)


def access_tag_by_id(key: UUID) -> Tag:
    """The tag in scope. Raises Http404."""
    return _access(Tag, key)


def _access(model: type[M], key: UUID) -> M:
    found = model._default_manager.filter(pk=key).first()
    if found is None:
        raise Http404
    return found


@transaction.atomic
def save_record(record: models.Model, *, by: Any) -> None:
    """Write a new or changed record, with its history."""
    with changing(by=by):
        record.save()


@transaction.atomic
def delete_record(record: models.Model, *, by: Any) -> None:
    """Delete a record and what hangs on it; its history stays."""
    with changing(by=by):
        record.delete()


def find_or_make_tag(name: str, *, by: Any) -> Tag:
    """The tenant's tag of that name, in whatever spelling it was made first. Raises ValueError for a blank name."""
    key = search_key(name)
    if not key:
        raise ValueError("A tag needs a name.")
    found: Tag | None = Tag.objects.filter(name_key=key).first()
    if found is not None:
        return found
    with changing(by=by):
        # Two people at once: the unique constraint lets one in, the other finds it.
        made: tuple[Tag, bool] = Tag.objects.get_or_create(name_key=key, defaults={"name": " ".join(name.split())[:50]})
    return made[0]


@transaction.atomic
def tag_contacts(keys: Iterable[UUID], tag: Tag, *, by: Any) -> int:
    """Put `tag` on the contacts in scope among `keys`; returns how many did not carry it yet. History is written.

    Restricted contacts (Art. 18) are passed over; a single one is refused (RequestRefused).
    """
    keys = list(keys)
    _refuse_alone(keys)
    count = put_on(keys, tag, by=by)
    audit.record("contacts.tagged", by=by, tenant=tag.tenant_id, target=tag, details={"count": count})
    return count


@transaction.atomic
def untag_contacts(keys: Iterable[UUID], tag: Tag, *, by: Any) -> int:
    """Take `tag` off the contacts among `keys`; returns how many carried it. Restricted ones as in `tag_contacts`."""
    keys = list(keys)
    _refuse_alone(keys)
    count = take_off(keys, tag, by=by)
    audit.record("contacts.untagged", by=by, tenant=tag.tenant_id, target=tag, details={"count": count})
    return count


def _refuse_alone(keys: list[UUID]) -> None:
    """Of many contacts the restricted are passed over; whoever chose a single one is told."""
    if len(keys) == 1 and (chosen := Contact.objects.filter(pk=keys[0]).first()) is not None:
        refuse_restricted(chosen)
