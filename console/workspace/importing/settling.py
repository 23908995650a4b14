"""Completes written contacts, and contacts that an undo gave back: their search keys and their tags."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from console.members.database import ROWS, parameters, rows, run
from console.members.trail import history_insert, history_parameters
from tenancy.audit import changing, moment

from ..models import Contact, ContactTag
from ..models.contact import KEYS
from ..models.tag import Tag
from ..records import find_or_make_tag

NAMES = ("first_name", "last_name", "email", "phone", "company")
TAGS = "c13"
BATCH = 10_000


def settle(item: Any, chunk: Any) -> None:
    """Give the contacts of a written chunk the search keys that their names ask for now, and the tags of their rows."""
    found = rows(
        f"SELECT m.id, {', '.join(f'm.{name}' for name in NAMES)}, s.{TAGS} "  # noqa: S608  # names of columns
        f"FROM {ROWS} s JOIN workspace_contact m ON m.tenant_id = %(tenant)s AND m.id = s.target_id "
        "WHERE s.import_id = %(import)s AND s.line > %(after)s AND s.line <= %(upto)s "
        "AND s.action IN ('new', 'changed') ORDER BY s.line",
        item,
        after=chunk.after,
        upto=chunk.upto,
    )
    write_search_keys(item.tenant_id, [row[:-1] for row in found])
    stated = [(row[0], json.loads(row[-1])) for row in found if row[-1]]
    if stated:
        _tag(item, stated)


def write_search_keys(tenant_id: UUID, found: Sequence[tuple[Any, ...]]) -> None:
    """Store the search keys of contacts, given as (id, *NAMES)."""
    keys = [Contact(**dict(zip(NAMES, values, strict=True))).search_keys() for _id, *values in found]
    sets = ", ".join(f"{key} = v.{key}" for key in KEYS)
    arrays = ", ".join(["%s::uuid[]"] + ["%s::text[]"] * len(KEYS))
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE workspace_contact m SET {sets} "  # noqa: S608  # names of columns, from KEYS
            f"FROM unnest({arrays}) AS v(id, {', '.join(KEYS)}) WHERE m.id = v.id AND m.tenant_id = %s",
            [[row[0] for row in found], *([key[name] for key in keys] for name in KEYS), tenant_id],
        )


def _tag(item: Any, stated: Iterable[tuple[UUID, dict[str, str]]]) -> None:
    pairs = [(contact, key) for contact, names in stated for key in names]
    known = dict(Tag.objects.filter(name_key__in={key for _contact, key in pairs}).values_list("name_key", "pk"))
    with changing(by=item.actor_id, reason=item.reason):
        for key, name in ((key, name) for _contact, names in stated for key, name in names.items()):
            if key not in known:
                known[key] = find_or_make_tag(name, by=item.actor_id).pk
    run(
        "WITH made AS (INSERT INTO workspace_contacttag (id, tenant_id, contact_id, tag_id, created_at) "  # noqa: S608
        "SELECT gen_random_uuid(), %(tenant)s, v.contact, v.tag, %(moment)s "
        "FROM unnest(%(contacts)s::uuid[], %(tags)s::uuid[]) AS v(contact, tag) "
        f"ON CONFLICT DO NOTHING RETURNING *) {history_insert(ContactTag, 'made', '+')}",
        item,
        contacts=[contact for contact, _key in pairs],
        tags=[known[key] for _contact, key in pairs],
        **history_parameters(item.actor_id, moment()),
    )


def settle_undo(item: Any, undo: dict[str, Any]) -> None:
    """Take off the tags that the import put on contacts which went back, and renew the keys of those that stay."""
    gone = history_insert(ContactTag, "gone", "-").replace("%(reason)s", "%(undo)s")
    run(
        "WITH gone AS (DELETE FROM workspace_contacttag x USING workspace_historicalcontacttag h "  # noqa: S608
        "WHERE x.tenant_id = %(tenant)s AND h.tenant_id = %(tenant)s AND h.id = x.id AND h.history_type = '+' "
        "AND h.history_change_reason = %(reason)s AND EXISTS (SELECT FROM workspace_historicalcontact c "
        "WHERE c.tenant_id = %(tenant)s AND c.id = x.contact_id AND c.history_change_reason = %(undo)s) "
        f"RETURNING x.*) {gone}",
        item,
        **undo,
    )
    after = UUID(int=0)
    while found := _given_back(item, undo, after):
        write_search_keys(item.tenant_id, found)
        after = found[-1][0]


def _given_back(item: Any, undo: dict[str, Any], after: UUID) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT m.id, {', '.join(f'm.{name}' for name in NAMES)} FROM workspace_contact m "  # noqa: S608
            "WHERE m.tenant_id = %(tenant)s AND m.id > %(after)s AND m.id IN (SELECT c.id FROM "
            "workspace_historicalcontact c WHERE c.tenant_id = %(tenant)s AND c.history_change_reason = %(undo)s) "
            "ORDER BY m.id LIMIT %(limit)s",
            parameters(item, **undo, after=after, limit=BATCH),
        )
        return list(cursor.fetchall())
