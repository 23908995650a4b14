"""Says of the two staging tables who may touch them; used by the migrations."""

from __future__ import annotations

import dataclasses
from typing import Any

from tenancy.db.operations import TableOperation
from tenancy.db.policies import Access, TablePolicy, isolated_table, tenant_is

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
