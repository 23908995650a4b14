"""Says of the two staging tables who may touch them; used by the migrations."""

from __future__ import annotations

import dataclasses
from typing import Any

from tenancy.db.operations import TableOperation
from tenancy.db.policies import SCHEMA, Access, TablePolicy, isolated_table, opened, tenant_is

LANDING, ROWS = "staging.landing", "staging.import_row"


class LandingTable(TableOperation):
    """Where COPY puts rows: PostgreSQL refuses COPY FROM under row-level security, so one narrow role has it alone.

    Rows live there inside one transaction only; nobody else may read them.
    """

    def __init__(self) -> None:
        super().__init__(table=LANDING)

    def policy(self, app_label: str, apps: Any) -> TablePolicy:
        access = (Access("import", ("SELECT", "INSERT", "DELETE")),)
        return TablePolicy(LANDING, "staging", access, reason="COPY FROM is refused under RLS.", isolated=False)


class StagedRows(TableOperation):
    """The staged rows: isolated like every table of tenants; the narrow role may add to the tenant in scope."""

    def __init__(self) -> None:
        super().__init__(table=ROWS)

    def policy(self, app_label: str, apps: Any) -> TablePolicy:
        usual = isolated_table(ROWS, visibility="directory")
        narrow = Access("import", ("INSERT",), tenant_is("tenant_id"))
        return dataclasses.replace(usual, access=(*usual.access, narrow))


class RowsForTheirAudience(StagedRows):
    """The staged rows once each says who of the staff may see it: all (members), or those with its staff session.

    Files of members are the directory of tenants, which staff look after; files of contacts are a tenant's records.
    """

    def policy(self, app_label: str, apps: Any) -> TablePolicy:
        usual = super().policy(app_label, apps)
        kind = f"{SCHEMA}.scope_kind()"  # in a staff session, the directory is as open as without one
        seen = f"(SELECT CASE WHEN {kind} = 'content' THEN 'staff' ELSE {kind} END) = audience"
        rows = f"{seen} OR {opened('tenant_id')}"
        access = [dataclasses.replace(one, rows=rows) if one.role == "wide" else one for one in usual.access]
        return dataclasses.replace(usual, access=tuple(access))

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        StagedRows().database_forwards(app_label, schema_editor, from_state, to_state)
