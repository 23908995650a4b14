"""Wall 2 as SQL: the functions, grants and row-level security policies of every kind of table.

One permissive policy per role, TO that role and never PUBLIC; a restrictive floor for the tenant role, which holds when
somebody adds a stray permissive policy; one for the owner, without which FORCE would make ``ADD FOREIGN KEY`` and data
migrations see no rows, silently. https://www.postgresql.org/docs/current/ddl-rowsecurity.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from tenancy.conf import role_name

SCHEMA = "tenancy"

FUNCTIONS = f"""
CREATE SCHEMA IF NOT EXISTS {SCHEMA};
CREATE OR REPLACE FUNCTION {SCHEMA}.current_tenant() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT nullif(current_setting('tenancy.tenant', true), '')::uuid $$;
CREATE OR REPLACE FUNCTION {SCHEMA}.scope_kind() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT coalesce(current_setting('tenancy.kind', true), '') $$;
"""

SCOPE_ROLES = ("identity", "tenant", "wide")


def quote(name: str) -> str:
    """A quoted identifier; ``schema.table`` is quoted part by part."""
    return ".".join('"' + part.replace('"', '""') + '"' for part in name.split("."))


def role(name: str) -> str:
    """A database role of this project, quoted."""
    return quote(role_name(name))


def kinds(*names: str) -> str:
    """The check that the scope is of one of these kinds: a gate above the plan, asked once per statement.

    It names no column and no volatile function, so PostgreSQL hoists it into a one-time filter and leaves it out of its
    row estimates. A sub-select would cost a plan of its own in every statement, and a function of ours its body.
    """
    listed = ", ".join(f"'{name}'" for name in names)
    said = "current_setting('tenancy.kind', true)"
    return f"{said} IN ({listed})" if len(names) > 1 else f"{said} = {listed}"


def tenant_is(column: str) -> str:
    """The check that a row is the tenant's, in a sub-select: once per statement, fixed for an open cursor.

    Core functions alone: the form that an outside prover can verify, and half as dear to plan as a function of ours,
    whose body is read again for every statement.
    """
    return f"{quote(column)} = (SELECT nullif(current_setting('tenancy.tenant', true), '')::uuid)"


def opened(column: str) -> str:
    """The check that a row is of a tenant whose records are open to staff, or that the system asks.

    Sub-selects, once per statement. The ORM compares the column too, and that comparison finds the index.
    """
    said = "current_setting('tenancy.kind', true)"
    keys = f"CASE WHEN {said} = 'content' THEN nullif(current_setting('tenancy.tenant', true), '') ELSE NULL END"
    return f"(SELECT {said} = 'system') OR {quote(column)} = ANY ((SELECT ({keys})::uuid[])::uuid[])"


@dataclass(frozen=True)
class Access:
    """What one role may do with a table: privileges, and the rows (None: no policy, all rows of an open table)."""

    role: str
    privileges: tuple[str, ...]
    rows: str | None = None
    check: str | None = None


@dataclass(frozen=True)
class RowPolicy:
    """One policy of a table: for whom, over which rows."""

    name: str
    role: str
    rows: str
    check: str
    restrictive: bool = False

    def create(self, table: str) -> str:
        """The statement that makes it on `table`."""
        kind = "AS RESTRICTIVE " if self.restrictive else ""
        return (
            f"CREATE POLICY {self.name} ON {quote(table)} {kind}TO {role(self.role)} "
            f"USING ({self.rows}) WITH CHECK ({self.check})"
        )


@dataclass(frozen=True)
class TablePolicy:
    """Everything wall 2 says of one table. `floor` is the tenant column under the restrictive policy, or None."""

    table: str
    kind: str
    access: tuple[Access, ...]
    floor: str | None = None
    reason: str = ""
    isolated: bool = True
    exempt: Mapping[str, str] = field(default_factory=dict)  # check of the isolation report -> why it does not apply

    def apply(self) -> list[str]:
        """The statements that bring the table to this state, whatever it was before."""
        table = quote(self.table)
        statements = [*self._clear(), f"REVOKE ALL ON {table} FROM PUBLIC"]
        if self.isolated:
            statements += [
                f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
                f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            ]
        for access in self.access:
            for privilege in access.privileges:
                statements.append(f"GRANT {privilege} ON {table} TO {role(access.role)}")
        statements += [policy.create(self.table) for policy in self.rows()]
        statements.append(self._sequences("GRANT USAGE, SELECT", "TO"))
        return statements

    def rows(self) -> Iterator[RowPolicy]:
        """The policies of the table; none where it is not isolated."""
        if self.isolated:
            yield RowPolicy("tenancy_owner", "owner", "true", "true")
            for access in self.access:
                if access.rows:
                    yield RowPolicy(f"tenancy_{access.role}", access.role, access.rows, access.check or access.rows)
        if self.floor:
            yield RowPolicy("tenancy_floor", "tenant", tenant_is(self.floor), tenant_is(self.floor), restrictive=True)

    def remove(self) -> list[str]:
        """The statements that take the wall away again."""
        table = quote(self.table)
        return [
            *self._clear(),
            f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
        ]

    def _clear(self) -> list[str]:
        table = quote(self.table)
        names = ("tenancy_owner", "tenancy_floor", *(f"tenancy_{name}" for name in ALL_ROLES))
        revoked = ", ".join(role(name) for name in ALL_ROLES)
        return [
            *(f"DROP POLICY IF EXISTS {name} ON {table}" for name in names),
            f"REVOKE ALL ON {table} FROM {revoked}",
        ]

    def _sequences(self, verb: str, direction: str) -> str:
        # Old serial columns (the job queue has them) draw from a sequence with privileges of its own.
        writers = [access.role for access in self.access if any("INSERT" in p for p in access.privileges)]
        if not writers:
            return "SELECT 1"
        roles = ", ".join(role(name) for name in writers)
        return (
            "DO $$ DECLARE seq regclass; BEGIN FOR seq IN SELECT d.objid::regclass FROM pg_depend d "
            "JOIN pg_class c ON c.oid = d.objid AND c.relkind = 'S' "
            f"WHERE d.refobjid = '{quote(self.table)}'::regclass AND d.deptype IN ('a', 'i') LOOP "
            f"EXECUTE format('{verb} ON SEQUENCE %s {direction} {roles}', seq); END LOOP; END $$"
        )


ALL_ROLES = ("identity", "tenant", "wide", "worker", "app", "import", "scan", "erase")

READ = ("SELECT",)
APPEND = ("SELECT", "INSERT")
WRITE = ("SELECT", "INSERT", "UPDATE", "DELETE")


def isolated_table(
    table: str,
    *,
    column: str = "tenant_id",
    visibility: str = "content",
    tenant: Iterable[str] = WRITE,
    wide: Iterable[str] = WRITE,
    identity: Iterable[str] = (),
    exempt: Mapping[str, str] | None = None,
) -> TablePolicy:
    """A table whose rows belong to tenants. `visibility` as in TenantOwnedModel; the rest are privileges by role."""
    directory = visibility == "directory"
    access = [
        Access("tenant", tuple(tenant), tenant_is(column)),
        Access("wide", tuple(wide), kinds("staff", "content", "system") if directory else opened(column)),
        Access("scan", READ, kinds("system")),
    ]
    if tuple(identity):
        access.append(Access("identity", tuple(identity), kinds("identity")))
    return TablePolicy(table, f"isolated ({visibility})", tuple(access), floor=column, exempt=exempt or {})


def people_table(
    table: str, *, tenant_rows: str = "", tenant_columns: Iterable[str] = (), append_only: bool = False
) -> TablePolicy:
    """A table of accounts, sessions or second factors: for sign-in and staff, out of a tenant's reach.

    `tenant_rows` and `tenant_columns` open some rows and columns to the tenant role for reading (its own members).
    """
    privileges = APPEND if append_only else WRITE
    access = [
        Access("identity", privileges, kinds("identity")),
        Access("wide", privileges, kinds("staff", "content", "system")),
        Access("scan", READ, kinds("system")),
    ]
    if tenant_rows:
        columns = ", ".join(quote(column) for column in tenant_columns)
        access.append(Access("tenant", (f"SELECT ({columns})",), tenant_rows))
    return TablePolicy(table, "people", tuple(access))


def staff_table(
    table: str, *, wide: Iterable[str] = WRITE, worker: Iterable[str] = (), grants_only: str = ""
) -> TablePolicy:
    """A table of the operators' own (admin log, job queue): reachable in staff and system scope, and by the worker.

    `grants_only` is the reason why grants alone guard it, without policies.
    """
    access = [
        Access("wide", tuple(wide), kinds("staff", "content", "system")),
        Access("scan", READ, kinds("system")),
    ]
    if tuple(worker):
        access.append(Access("worker", tuple(worker), "true"))
    return TablePolicy(table, "staff", tuple(access), reason=grants_only, isolated=not grants_only)


def shared_table(table: str, *, reason: str, write: Iterable[str] = ("wide",)) -> TablePolicy:
    """A table with nothing of any tenant or person in it: everybody reads, `write` roles write."""
    writers = set(write)
    access = tuple(Access(name, WRITE if name in writers else READ) for name in (*SCOPE_ROLES, "scan"))
    return TablePolicy(table, "shared", access, reason=reason, isolated=False)
