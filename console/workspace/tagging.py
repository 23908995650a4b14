"""Puts a tag on many contacts, or takes it off: one statement for the rows and their history, however many they are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import connection

from console.members.trail import history_insert, history_parameters
from pii.restricted import restricted_keys
from tenancy.audit import current_change, moment

from .models import Contact, ContactTag, Tag

PUT_ON = """
    INSERT INTO workspace_contacttag (id, tenant_id, contact_id, tag_id, created_at)
    SELECT gen_random_uuid(), c.tenant_id, c.id, %(tag)s, %(moment)s FROM workspace_contact c
    WHERE c.tenant_id = %(tenant)s AND c.id = ANY(%(contacts)s) ON CONFLICT DO NOTHING RETURNING *"""
TAKE_OFF = """
    DELETE FROM workspace_contacttag x
    WHERE x.tenant_id = %(tenant)s AND x.tag_id = %(tag)s AND x.contact_id = ANY(%(contacts)s) RETURNING x.*"""


def put_on(contacts: Iterable[UUID], tag: Tag, *, by: Any) -> int:
    """Tag the contacts in scope among `contacts`; returns how many did not carry the tag yet."""
    return _run(PUT_ON, "+", contacts, tag, by)


def take_off(contacts: Iterable[UUID], tag: Tag, *, by: Any) -> int:
    """Take the tag off the contacts among `contacts`; returns how many carried it."""
    return _run(TAKE_OFF, "-", contacts, tag, by)


def _run(statement: str, sign: str, contacts: Iterable[UUID], tag: Tag, by: Any) -> int:
    spared = set(restricted_keys(Contact))  # Art. 18: they stay as they are
    given = history_parameters(getattr(by, "pk", by), moment())
    given |= {
        "tenant": tag.tenant_id,
        "tag": tag.pk,
        "contacts": [key for key in contacts if str(key) not in spared],
        "reason": current_change().reason or None,
    }
    with connection.cursor() as cursor:
        cursor.execute(f"WITH touched AS ({statement}) {history_insert(ContactTag, 'touched', sign)}", given)
        return int(cursor.rowcount)
