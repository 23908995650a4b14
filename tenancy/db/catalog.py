"""What PostgreSQL says of its own tables, read from the catalogs in a handful of queries."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

_TABLES = """
SELECT CASE WHEN n.nspname = 'public' THEN c.relname ELSE n.nspname || '.' || c.relname END,
       c.relrowsecurity, c.relforcerowsecurity, c.oid::bigint
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND n.nspname NOT LIKE 'pg\\_%%' AND n.nspname <> 'information_schema'
"""
_POLICIES = """
SELECT p.polrelid::bigint, p.polname, p.polpermissive, p.polcmd,
       (SELECT coalesce(array_agg(r.rolname::text), '{PUBLIC}') FROM pg_roles r WHERE r.oid = ANY (p.polroles)),
       pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)
FROM pg_policy p
"""
_COLUMNS = """
SELECT attrelid::bigint, attname, attnotnull FROM pg_attribute WHERE attnum > 0 AND NOT attisdropped
"""
_UNIQUES = """
SELECT i.indrelid::bigint, c.relname, i.indisprimary,
       ARRAY(SELECT coalesce(a.attname::text, '(expression)')
             FROM unnest(i.indkey::int[]) WITH ORDINALITY k(attnum, place)
             LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum ORDER BY k.place)
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indisunique
"""
_KEYS = """
SELECT conrelid::bigint, conname, confrelid::bigint, convalidated,
       ARRAY(SELECT a.attname::text FROM unnest(conkey) WITH ORDINALITY k(attnum, place)
             JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = k.attnum ORDER BY k.place)
FROM pg_constraint WHERE contype = 'f'
"""
_GRANTS = """
SELECT c.oid::bigint, coalesce(r.rolname::text, 'PUBLIC'), a.privilege_type, ''
FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) a LEFT JOIN pg_roles r ON r.oid = a.grantee
WHERE c.relkind IN ('r', 'p') AND a.grantee <> c.relowner
UNION ALL
SELECT c.oid::bigint, coalesce(r.rolname::text, 'PUBLIC'), a.privilege_type, t.attname::text
FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid CROSS JOIN LATERAL aclexplode(t.attacl) a
LEFT JOIN pg_roles r ON r.oid = a.grantee WHERE c.relkind IN ('r', 'p') AND a.grantee <> c.relowner
"""
_VIEWS = """
SELECT n.nspname || '.' || c.relname, c.relkind = 'm', coalesce('security_invoker=true' = ANY (c.reloptions)
       OR 'security_invoker=on' = ANY (c.reloptions), false), c.relacl IS NOT NULL
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('v', 'm') AND n.nspname NOT LIKE 'pg\\_%%' AND n.nspname <> 'information_schema'
"""
_DEFINERS = """
SELECT n.nspname || '.' || p.proname, coalesce(array_to_string(p.proconfig, ','), '')
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE p.prosecdef AND n.nspname NOT LIKE 'pg\\_%%' AND n.nspname <> 'information_schema'
"""
_LOGIN = """
SELECT session_user::text, r.rolsuper OR r.rolbypassrls,
       ARRAY(SELECT o.rolname::text FROM pg_roles o WHERE o.rolname <> session_user
             AND pg_has_role(session_user, o.oid, 'USAGE')),
       EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
               WHERE n.nspname = 'public' AND c.relowner = r.oid),
       'track_activities=off' = ANY (coalesce(r.rolconfig, '{}'))
FROM pg_roles r WHERE r.rolname = session_user
"""


@dataclass
class Policy:
    """A row-level security policy."""

    name: str
    permissive: bool
    command: str
    roles: tuple[str, ...]
    using: str
    check: str


@dataclass
class Table:
    """One table as the catalogs describe it; `uniques` leaves the primary key out."""

    name: str
    rls: bool
    forced: bool
    policies: list[Policy] = field(default_factory=list)
    not_null: dict[str, bool] = field(default_factory=dict)
    uniques: dict[str, list[str]] = field(default_factory=dict)
    keys: list[tuple[str, str, bool, list[str]]] = field(default_factory=list)  # name, target, validated, columns
    grants: set[tuple[str, str, str]] = field(default_factory=set)  # role, privilege, column or ""


@dataclass
class Catalog:
    """Everything the isolation report looks at."""

    tables: dict[str, Table]
    views: list[tuple[str, bool, bool, bool]]
    definers: list[tuple[str, str]]
    login: tuple[str, bool, list[str], bool, bool]


def read_catalog(connection: Any) -> Catalog:
    """Read the catalogs of the connected database."""

    def rows(sql: str) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(sql, [])
            return list(cursor.fetchall())

    tables: dict[int, Table] = {oid: Table(name, rls, forced) for name, rls, forced, oid in rows(_TABLES)}
    names: dict[int, str] = defaultdict(str, {oid: table.name for oid, table in tables.items()})
    for oid, name, permissive, command, roles, using, check in rows(_POLICIES):
        if oid in tables:
            command = command if isinstance(command, str) else command.decode()
            tables[oid].policies.append(Policy(name, permissive, command, tuple(roles), using or "", check or ""))
    for oid, column, not_null in rows(_COLUMNS):
        if oid in tables:
            tables[oid].not_null[column] = not_null
    for oid, name, primary, columns in rows(_UNIQUES):
        if oid in tables and not primary:
            tables[oid].uniques[name] = columns
    for oid, name, target, validated, columns in rows(_KEYS):
        if oid in tables:
            tables[oid].keys.append((name, names[target], validated, columns))
    for oid, role, privilege, column in rows(_GRANTS):
        if oid in tables:
            tables[oid].grants.add((role, privilege, column))
    login = rows(_LOGIN)[0]
    return Catalog(
        {table.name: table for table in tables.values()},
        [(name, mat, invoker, granted) for name, mat, invoker, granted in rows(_VIEWS)],
        [(name, config) for name, config in rows(_DEFINERS)],
        (login[0], login[1], list(login[2]), login[3], login[4]),
    )
