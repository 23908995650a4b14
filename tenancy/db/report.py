"""What is isolated, wall by wall: the answer of `manage.py isolation`, of the admin's page and of the tests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connections

from tenancy.conf import role_name
from tenancy.managers import TenantManager

from .catalog import Catalog, Policy, Table, read_catalog
from .constraints import is_tenant_owned, keys_between_tenant_rows
from .declared import declared_tables
from .operations import has_wall_two
from .policies import ALL_ROLES, TablePolicy, tenant_is
from .policy_text import same_rows

CHECKS = {
    "orm": "ORM scoped",
    "rls": "RLS forced",
    "policies": "policies as declared",
    "floor": "floor",
    "tenant": "tenant NOT NULL",
    "keys": "composite keys complete",
    "uniques": "uniques lead with tenant",
    "grants": "grants minimal",
}


class State(StrEnum):
    """How a check came out."""

    HOLDS = "holds"
    HOLE = "hole"
    ABSENT = "absent"  # the wall is not raised in this project
    NONE = "n/a"  # nothing of the kind to check


@dataclass(frozen=True)
class Finding:
    """One answer: about a table, or about the database as a whole (`table` is empty)."""

    table: str
    check: str
    state: State
    detail: str = ""


@dataclass(frozen=True)
class Report:
    """All findings, and the kind of each table."""

    kinds: dict[str, str]
    findings: list[Finding]

    @property
    def holes(self) -> list[Finding]:
        """What must be mended."""
        return [finding for finding in self.findings if finding.state is State.HOLE]

    def of(self, table: str) -> dict[str, Finding]:
        """The findings about one table, by check."""
        return {finding.check: finding for finding in self.findings if finding.table == table}


def isolation_report(alias: str = DEFAULT_DB_ALIAS) -> Report:
    """Read the catalogs and hold them against what models and migrations declare."""
    connection = connections[alias]
    walls = has_wall_two(connection)
    catalog = read_catalog(connection)
    declared = declared_tables(connection)
    models = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
    findings: list[Finding] = []
    kinds: dict[str, str] = {}
    for name, table in sorted(catalog.tables.items()):
        model, policy = models.get(name), declared.get(name)
        kinds[name] = policy.kind if policy else "undeclared"
        findings += _orm(name, model, policy)
        findings += _wall_two(table, policy, connection) if walls else [Finding(name, "rls", State.ABSENT)]
        findings += _columns(table, model, policy, catalog)
    findings += _database(catalog, walls)
    return Report(kinds, findings)


def _state(ok: bool) -> State:
    return State.HOLDS if ok else State.HOLE


def _orm(name: str, model: Any, policy: TablePolicy | None) -> Iterator[Finding]:
    if model is None or not is_tenant_owned(model) or (policy and not policy.floor):
        yield Finding(name, "orm", State.NONE)
        return
    if policy and "orm" in policy.exempt:
        yield Finding(name, "orm", State.NONE, policy.exempt["orm"])
        return
    managers = {"default": model._default_manager, "base": model._base_manager}
    loose = [which for which, manager in managers.items() if not isinstance(manager, TenantManager)]
    yield Finding(name, "orm", _state(not loose), f"not scoped: {', '.join(loose)} manager" if loose else "")


def _wall_two(table: Table, policy: TablePolicy | None, connection: Any) -> Iterator[Finding]:
    if policy is None:
        yield Finding(table.name, "rls", State.HOLE, "neither isolated nor declared shared; see tenancy.db.operations")
        return
    if policy.isolated:
        loose = "" if table.rls and table.forced else "not forced" if table.rls else "not enabled"
        yield Finding(table.name, "rls", _state(not loose), loose)
        yield from _policies(table, policy)
    else:
        yield Finding(table.name, "rls", State.NONE, policy.reason)
    floor = any(
        p.name == "tenancy_floor" and not p.permissive and _says(p, tenant_is(policy.floor or ""))
        for p in table.policies
    )
    yield Finding(table.name, "floor", _state(floor) if policy.floor else State.NONE)
    yield _grants(table, policy)


def _policies(table: Table, policy: TablePolicy) -> Iterator[Finding]:
    wanted = {"tenancy_owner", *(f"tenancy_{access.role}" for access in policy.access if access.rows)}
    if any(p.name == "tenancy_erase" for p in table.policies):
        wanted.add("tenancy_erase")  # the way in for erasure, for its role alone (judged below); its grants are columns
    if policy.floor:
        wanted.add("tenancy_floor")
    if not any("UPDATE" in privilege for access in policy.access for privilege in access.privileges):
        wanted |= {p.name for p in table.policies if p.name == "tenancy_erase"}  # the one way into append-only tables
    present = {p.name for p in table.policies}
    wrong = [f"missing {name}" for name in sorted(wanted - present)]
    wrong += [f"stray {name}" for name in sorted(present - wanted)]
    for p in table.policies:
        role = role_name("tenant" if p.name == "tenancy_floor" else p.name.removeprefix("tenancy_"))
        if p.name in wanted and (p.roles != (role,) or p.command != "*"):
            wrong.append(f"{p.name} is for {', '.join(p.roles)}")
    present_by_name = {p.name: p for p in table.policies}
    for access in policy.access:
        own = present_by_name.get(f"tenancy_{access.role}")
        if own and access.rows and not _says(own, access.rows, access.check):
            wrong.append(f"{own.name} does not say what was declared")
    yield Finding(table.name, "policies", _state(not wrong), "; ".join(wrong))


def _says(present: Policy, rows: str, check: str | None = None) -> bool:
    return same_rows(present.using, rows) and same_rows(present.check, check or rows)


def _grants(table: Table, policy: TablePolicy) -> Finding:
    allowed: set[tuple[str, str, str]] = set()
    for access in policy.access:
        for privilege in access.privileges:
            match = re.fullmatch(r"(\w+)(?: \((.*)\))?", privilege)
            assert match is not None
            columns = [c.strip().strip('"') for c in match[2].split(",")] if match[2] else [""]
            allowed |= {(role_name(access.role), match[1], column) for column in columns}
    watched = {"PUBLIC", *(role_name(name) for name in ALL_ROLES)}
    surplus = sorted(grant for grant in table.grants - allowed if grant[0] in watched)
    surplus = [grant for grant in surplus if not _waived(table.name, grant)]
    detail = "; ".join(f"{role} has {what}{f' ({column})' if column else ''}" for role, what, column in surplus)
    return Finding(table.name, "grants", _state(not surplus), detail)


def _waived(table: str, grant: tuple[str, str, str]) -> bool:
    # The one way in for erasure: column grants on append-only tables, and nothing for whole tables. The scan reads all.
    role, privilege, column = grant
    if role == role_name("scan") and privilege == "SELECT":
        return True
    return role == role_name("erase") or (role == role_name("import") and bool(column))


def _columns(table: Table, model: Any, policy: TablePolicy | None, catalog: Catalog) -> Iterator[Finding]:
    column = policy.floor if policy else ("tenant_id" if model is not None and is_tenant_owned(model) else None)
    if not column:
        for check in ("tenant", "keys", "uniques"):
            yield Finding(table.name, check, State.NONE)
        return
    exempt = policy.exempt if policy else {}
    if "tenant" in exempt:
        yield Finding(table.name, "tenant", State.NONE, exempt["tenant"])
    else:
        yield Finding(table.name, "tenant", _state(table.not_null.get(column, False)), f"column {column}")
    yield _keys(table, model)
    loose = [
        f"{name} ({', '.join(columns)})"
        for name, columns in sorted(table.uniques.items())
        if columns[0] != column and f"uniques:{','.join(columns)}" not in exempt
    ]
    yield Finding(table.name, "uniques", _state(not loose) if column == "tenant_id" else State.NONE, "; ".join(loose))


def _keys(table: Table, model: Any) -> Finding:
    wanted = list(keys_between_tenant_rows(model)) if model else []
    if not wanted:
        return Finding(table.name, "keys", State.NONE)
    wrong = []
    for field in wanted:
        pairs = [key for key in table.keys if key[3] == ["tenant_id", field.column]]
        if not pairs:
            wrong.append(f"{field.column}: no composite key (TenantForeignKeys)")
        elif not pairs[0][2]:
            wrong.append(f"{field.column}: not validated")
        if any(key[3] == [field.column] for key in table.keys):
            wrong.append(f"{field.column}: a simple key stands beside")
    return Finding(table.name, "keys", _state(not wrong), "; ".join(wrong))


def _database(catalog: Catalog, walls: bool) -> Iterator[Finding]:
    unsafe = [name for name, material, invoker, granted in catalog.views if (granted if material else not invoker)]
    yield Finding("", "views safe", _state(not unsafe) if catalog.views else State.NONE, ", ".join(unsafe))
    loose = [name for name, config in catalog.definers if "search_path=" not in config]
    detail = f"no pinned search_path: {', '.join(loose)}" if loose else ""
    yield Finding("", "definer functions pinned", _state(not loose) if catalog.definers else State.NONE, detail)
    if not walls:
        yield Finding("", "row-level security", State.ABSENT, "the database backend is not tenancy.db.postgresql")
        return
    login, powerful, inherits, owns, hidden = catalog.login
    wrong = ["superuser or BYPASSRLS"] * powerful + ["owner of tables"] * owns
    wrong += [f"inherits {name}" for name in inherits]
    yield Finding("", "login role powerless", _state(not wrong), f"{login}: {', '.join(wrong)}" if wrong else login)
    yield Finding(
        "",
        "query text hidden",
        _state(hidden),
        ""
        if hidden
        else f"others' statements, values included, show in pg_stat_activity: "
        f"ALTER ROLE {login} SET track_activities = off (a superuser does it; `manage.py tenancy_roles --sql`)",
    )
