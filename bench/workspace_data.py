"""Fills a tenant for bench/workspace.py by statements over whole sets: contacts, tags and members, with search keys."""

from __future__ import annotations

from typing import Any
from uuid import UUID

CONTACTS = """
INSERT INTO workspace_contact (id, tenant_id, first_name, last_name, email, external_id, phone, company, street,
    postal_code, city, country, attributes, created_at, updated_at, name_key, first_name_key, company_key, phone_key)
SELECT gen_random_uuid(), %(tenant)s, f, l, 'c' || n || '@bench.test', '', '+49 30 ' || n, c, '',
    '', '', '', '{}', t, t, lower(l) || ' ' || lower(f), lower(f), lower(c), '4930' || n
FROM (SELECT n, now() - n * interval '1 second' AS t, 'First' || (n::bigint * 7919 %% 5003) AS f,
    substr(md5(n::text), 1, 6) AS l, 'Company' || (n %% 2003) AS c FROM generate_series(1, %(rows)s) AS n) AS made
"""
TAG = """
INSERT INTO workspace_tag (id, tenant_id, name, name_key) VALUES (gen_random_uuid(), %(tenant)s, %(name)s, %(key)s)
RETURNING id
"""
TAGGINGS = """
INSERT INTO workspace_contacttag (id, tenant_id, contact_id, tag_id, created_at)
SELECT gen_random_uuid(), %(tenant)s, id, %(tag)s, now() FROM workspace_contact
WHERE tenant_id = %(tenant)s AND right(phone_key, 4)::int %% %(every)s = 0
"""
PEOPLE = """
WITH people AS (
    INSERT INTO accounts_user (id, email, full_name, locale, time_zone, password, is_active, is_staff, is_superuser,
        date_joined)
    SELECT gen_random_uuid(), 'm' || n || '@%(slug)s.test', 'Given' || n %% 997 || ' Family' || n, 'en', 'UTC', '!',
        true, false, false, now()
    FROM generate_series(1, %(rows)s) AS n RETURNING id
)
INSERT INTO tenancy_usertenantmembership (id, tenant_id, user_id, role, is_active, display_name, external_id, title,
    entered_at, created_at, updated_at)
SELECT gen_random_uuid(), %(tenant)s, id, 'member', true, '', '', '', now(), now(), now() FROM people
"""
TABLES = (
    "workspace_contact",
    "workspace_contacttag",
    "workspace_memberword",
    "tenancy_usertenantmembership",
    "accounts_user",
)


def fill(connection: Any, tenant_id: UUID, slug: str, rows: int) -> dict[str, UUID]:
    """`rows` contacts, half with a common tag, one in 5,000 with a rare one; a member per ten."""
    connection.execute(CONTACTS, {"tenant": tenant_id, "rows": rows})
    tags: dict[str, UUID] = {}
    for name, every in (("common", 2), ("rare", 5_000)):
        given = {"tenant": tenant_id, "name": name.title(), "key": name, "every": every}
        tags[name] = connection.execute(TAG, given).fetchone()[0]
        connection.execute(TAGGINGS, given | {"tag": tags[name]})
    people = PEOPLE.replace("%(slug)s", slug)
    connection.execute(people, {"tenant": tenant_id, "rows": max(rows // 10, 1)})
    return tags


def settle(connection: Any) -> None:
    """Give the planner what a running system has."""
    for table in TABLES:
        connection.execute(f"VACUUM ANALYZE {table}")
