"""Fills a database with tenants, people, memberships, invitations, jobs, search words and years of history: set SQL.

Keys are hashes of numbers, so that a bench can name any row. Indexes are taken away while a table is filled.
"""

from __future__ import annotations

import time
from typing import Any

PER_TENANT = 100  # memberships, a person each
KEY = "md5('{kind}' || {n})::uuid"
AGO = "now() - ({n}) * interval '{step} seconds'"


def key(kind: str, number: int) -> str:
    """The key of the `number`th row of a kind, as Python text."""
    import hashlib
    from uuid import UUID

    return str(UUID(hashlib.md5(f"{kind}{number}".encode(), usedforsecurity=False).hexdigest()))


def _key(kind: str, n: str) -> str:
    return KEY.format(kind=kind, n=n)


def _tables(tenants: int) -> list[tuple[str, str, str]]:
    """(table, columns, SELECT) in the order of filling; history is three rows per membership in all."""
    people = tenants * PER_TENANT
    span = 2 * 365 * 86_400 / (people * 2)  # two years of history
    # A tenth of the memberships came in at one moment: a large import.
    joined = f"CASE WHEN n % 10 = 0 THEN now() - interval '30 days' ELSE now() - n * interval '{span * 2} seconds' END"
    staff = _key("staff", "n % 20")
    tenant, member, person = _key("tenant", f"n % {tenants}"), _key("member", "n"), _key("person", "n")
    email = f"'p' || n || '@c' || n % {tenants} || '.test'"
    name = "'Given' || n % 5003 || ' Family' || n % 20011"
    role = f"CASE WHEN n < {tenants} THEN 'owner' WHEN n % 50 = 0 THEN 'admin' ELSE 'member' END"
    reason = "CASE WHEN n % 4 = 0 THEN 'import ' || n / 5000 WHEN n % 4 = 1 THEN 'console' ELSE 'ticket ' || n / 3 END"
    request = "CASE WHEN n % 4 = 0 THEN '' ELSE md5('request' || n / 3) END"
    address = "'staff' || n % 20 || '@bench.test'"

    def rows(count: int) -> str:
        return f"FROM generate_series(0, {count} - 1) AS n"

    history = f"{address}, {request}, {reason}, now() - n * interval '{span} seconds', '~', {staff}"
    trail = "history_actor, history_request_id, history_change_reason, history_date, history_type, history_user_id"
    membership = f"{role}, n % 50 <> 7, {name}, 'ext-' || n, ''"
    return [
        (
            "tenancy_tenant",
            "id, name, slug, is_active, state, suspended_reason, settings, created_at, updated_at, settings_version",
            f"SELECT {_key('tenant', 'n')}, 'Company ' || n, 'company-' || n, n % 40 <> 3, "
            "CASE WHEN n % 40 = 3 THEN 'suspended' ELSE 'active' END, '', '{}', now() - n * interval '1 hour', now(), "
            "0 " + rows(tenants),
        ),
        (
            "accounts_user",
            "password, is_superuser, id, email, full_name, locale, time_zone, is_active, is_staff, date_joined, "
            "last_login",
            f"SELECT '!', false, {person}, {email}, {name}, 'en', 'UTC', n % 100 <> 9, false, {joined}, "
            "CASE WHEN n % 3 = 0 THEN now() - n * interval '1 second' END " + rows(people),
        ),
        (
            "accounts_user",
            "password, is_superuser, id, email, full_name, locale, time_zone, is_active, is_staff, date_joined",
            f"SELECT '!', false, {_key('staff', 'n')}, 'staff' || n || '@bench.test', 'Staff ' || n, 'en', 'UTC', "
            "true, true, now() " + rows(20),
        ),
        (
            "tenancy_usertenantmembership",
            "id, role, is_active, display_name, external_id, title, created_at, updated_at, tenant_id, user_id",
            f"SELECT {member}, {membership}, {joined}, now(), {tenant}, {person} " + rows(people),
        ),
        (
            "tenancy_invitation",
            "id, email, role, token_hash, created_at, expires_at, sent_count, tenant_id",
            f"SELECT {_key('invitation', 'n')}, 'new' || n || '@c' || n % {tenants} || '.test', 'member', "
            f"md5(n::text), now() - n * interval '5 minutes', now() + interval '7 days', 1, {tenant} "
            + rows(people // 10),
        ),
        (
            "console_jobrun",
            "id, name, key, state, done, total, message, error, attempts, lock, cancel_requested, created_at, "
            "tenant_id",
            f"SELECT {_key('job', 'n')}, 'members.run', n::text, "
            "CASE WHEN n % 15 = 5 THEN 'failed' ELSE 'succeeded' END, "
            f"1, 1, '', '', 1, '', false, now() - n * interval '1 minute', {tenant} " + rows(people // 10),
        ),
        (
            "console_historicalusertenantmembership",
            f"id, role, is_active, display_name, external_id, title, created_at, updated_at, tenant_id, user_id, "
            f"{trail}",
            f"SELECT {_key('member', 'm')}, {membership}, now(), now(), {_key('tenant', f'm % {tenants}')}, "
            f"{_key('person', 'm')}, {history} FROM (SELECT n, n % {people} AS m {rows(people * 2)}) AS made",
        ),
        (
            "console_historicaluser",
            f"is_superuser, id, email, full_name, locale, time_zone, is_active, is_staff, date_joined, {trail}",
            f"SELECT false, {person}, {email}, {name}, 'en', 'UTC', true, false, now(), {history} " + rows(people // 2),
        ),
        (
            "console_historicaltenant",
            f"id, name, slug, is_active, state, suspended_reason, created_at, updated_at, {trail}",
            f"SELECT {tenant}, 'Company', 'company', true, 'active', '', now(), now(), {history} " + rows(people // 10),
        ),
        (
            "console_historicalinvitation",
            f"id, email, role, created_at, expires_at, sent_count, tenant_id, {trail}",
            f"SELECT {_key('invitation', 'n')}, 'new@c.test', 'member', now(), now(), 1, {tenant}, {history} "
            + rows(people // 10),
        ),
        (
            "operations_auditevent",
            "at, verb, actor_id, actor_address, tenant_key, target_model, target_id, reason, details, request_id",
            f"SELECT now() - n * interval '{span * 6} seconds', (ARRAY['membership.changed', 'invitation.sent', "
            f"'tenant.renamed', 'person.signed_in'])[1 + n % 4], {staff}, {address}, {tenant}, "
            f"'tenancy.usertenantmembership', {member}::text, {reason}, '{{}}', {request} " + rows(people * 3 // 10),
        ),
        (
            "operations_searchtoken",
            "kind, token, object_id",
            "SELECT 'person', token, id FROM (SELECT n, "
            f"{person} AS id, {email} AS email {rows(people)}) AS p CROSS JOIN LATERAL (VALUES (email), ('p' || n), "
            f"('c' || n % {tenants} || '.test'), ('c' || n % {tenants}), ('test'), ('given' || n % 5003), "
            "('family' || n % 20011)) AS words(token)",
        ),
        (
            "operations_searchtoken",
            "kind, token, object_id",
            f"SELECT 'membership', token, {member} {rows(people)} CROSS JOIN LATERAL (VALUES ('ext'), (n::text), "
            "('ext-' || n), ('given' || n % 5003), ('family' || n % 20011)) AS words(token)",
        ),
        (
            "operations_searchtoken",
            "kind, token, object_id",
            f"SELECT 'tenant', token, {_key('tenant', 'n')} {rows(tenants)} CROSS JOIN LATERAL (VALUES ('company'), "
            "(n::text), ('company ' || n), ('company-' || n)) AS words(token)",
        ),
    ]


def fill(connection: Any, tenants: int) -> dict[str, Any]:
    """Fill an empty, migrated database over a superuser's psycopg connection. Returns row counts and seconds."""
    begun, counts = time.perf_counter(), {}
    connection.execute("SET session_replication_role = replica")  # no triggers and no look-ups of foreign keys
    connection.execute("SET maintenance_work_mem = '256MB'")
    connection.execute("SET synchronous_commit = off")
    tables = _tables(tenants)
    indexes = {table: _drop_indexes(connection, table) for table in dict.fromkeys(table for table, _, _ in tables)}
    for table, columns, select in tables:
        done = connection.execute(f"INSERT INTO {table} ({columns}) {select}").rowcount
        counts[table] = counts.get(table, 0) + done
    for table, statements in indexes.items():
        for statement in statements:
            connection.execute(statement)
        connection.execute(f"VACUUM ANALYZE {table}")
    connection.execute("SET session_replication_role = DEFAULT")
    return {"rows": counts, "fill_seconds": round(time.perf_counter() - begun, 1)}


def _drop_indexes(connection: Any, table: str) -> list[str]:
    """Drop what no constraint needs; returns the statements that bring it back."""
    found = connection.execute(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index "
        "WHERE indrelid = %s::regclass AND NOT indisprimary "
        "AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)",
        [table],
    ).fetchall()
    for name, _ in found:
        connection.execute(f"DROP INDEX {name}")
    return [statement for _, statement in found]
