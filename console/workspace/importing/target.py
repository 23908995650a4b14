"""How staged rows find their contacts and are merged into them."""

from __future__ import annotations

from typing import Any

from console.members.database import ROWS, run
from console.members.files import Kind, Target
from console.members.refusing import problem, refuse
from console.members.targets import MergeTarget

from ..attributes import MAX_ATTRIBUTES
from ..models.contact import KEYS
from .fields import FIELDS
from .reading import identify
from .settling import settle, settle_undo

FILE = Target(
    "contacts",
    "Contacts",
    FIELDS,
    "email",
    identify=identify,
    one_of=("email", "external_id", "first_name", "last_name", "company"),
)
STAGED = {item.name: f"c{place}" for place, item in enumerate(FILE.stored, start=1)}
TEXTS = [item.name for item in FIELDS if item.kind in (Kind.TEXT, Kind.EMAIL)]

OWN = "FROM workspace_contact m WHERE m.tenant_id = %(tenant)s AND "
BY_ADDRESS = OWN + "m.email = s.key"
BY_ID = OWN + f"m.external_id = s.{STAGED['external_id']}"


def part(number: int) -> str:
    """SQL of a part of a key that `identify` made."""
    return f"split_part(s.key, chr(31), {number})"


SAME_NAME = (
    f"{part(2)} = 'name' AND m.name_key = {part(3)} AND m.phone_key = {part(4)} "
    f"AND (m.phone_key <> '' OR m.company_key = {part(5)}) AND m.email = '' AND m.external_id = ''"
)
NO_TAG = f"""EXISTS (
    SELECT FROM jsonb_object_keys(s.{STAGED["tags"]}::jsonb) AS word WHERE NOT EXISTS (
        SELECT FROM workspace_contacttag x JOIN workspace_tag t ON t.id = x.tag_id AND t.tenant_id = x.tenant_id
        WHERE x.tenant_id = m.tenant_id AND x.contact_id = m.id AND t.name_key = word))"""  # noqa: S608  # the name of a column
# An undo leaves a contact alone that somebody has worked with: notes, files, or a tag that is not of the import.
FREE = """NOT EXISTS (SELECT FROM workspace_note n WHERE n.tenant_id = m.tenant_id AND n.contact_id = m.id)
    AND NOT EXISTS (SELECT FROM workspace_attachment a WHERE a.tenant_id = m.tenant_id AND a.contact_id = m.id)
    AND NOT EXISTS (
        SELECT FROM workspace_contacttag x WHERE x.tenant_id = m.tenant_id AND x.contact_id = m.id AND NOT EXISTS (
            SELECT FROM workspace_historicalcontacttag y WHERE y.tenant_id = m.tenant_id AND y.id = x.id
                AND y.history_type = '+' AND y.history_change_reason = %(reason)s))"""


def judge(item: Any) -> None:
    """Refuse rows that fit several contacts, and more attributes than fit; give new rows their keys."""
    refuse(
        item,
        f"m.tenant_id = %(tenant)s AND m.id <> s.target_id AND {SAME_NAME}",
        problem("several", "''", "''", "'Several contacts have this name and number.'", "Add the address or the id."),
        "FROM workspace_contact m",
    )
    stated = f"s.{STAGED['attributes']}::jsonb"
    refuse(
        item,
        f"s.{STAGED['attributes']} IS NOT NULL AND (SELECT count(*) FROM jsonb_object_keys("  # noqa: S608
        f"coalesce(s.before->'attributes', '{{}}'::jsonb) || {stated})) > {MAX_ATTRIBUTES}",
        problem(
            "attributes",
            "''",
            "''",
            f"'The contact would have more than {MAX_ATTRIBUTES} custom attributes.'",
            "Import fewer of the columns.",
        ),
    )
    run(
        f"UPDATE {ROWS} SET target_id = gen_random_uuid() WHERE import_id = %(import)s AND action = 'new'",  # noqa: S608
        item,
    )


CONTACT_TARGET = MergeTarget(
    file=FILE,
    model="workspace.Contact",
    noun="contact",
    match=BY_ADDRESS,
    further=(BY_ID, OWN + SAME_NAME),
    unique=("email", "external_id"),
    people=False,
    types={
        **dict.fromkeys(TEXTS, ("text", "''")),
        "birth_date": ("date", "NULL"),
        "attributes": ("jsonb", "'{}'::jsonb"),
    },
    filled=dict.fromkeys(KEYS, "''"),
    lacks={"tags": NO_TAG},
    judge=judge,
    settle=settle,
    removable=FREE,
    settle_undo=settle_undo,
)
