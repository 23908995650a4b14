"""A migration operation for tables that no model knows: it lets the review queue redact in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.migrations.operations.base import Operation

from tenancy.conf import role_name
from tenancy.db.operations import has_wall_two
from tenancy.db.policies import quote


class LetErasureRedact(Operation):
    """Give the erasure role these columns of another app's table, and nothing else of it but reading.

    `table` may be ``schema.table``. Whoever migrates must own the table, or be allowed to hand on its rights: otherwise
    PostgreSQL refuses, and its owner runs the statements that ``sqlmigrate`` prints.
    """

    reversible = True
    reduces_to_sql = True

    def __init__(self, table: str, columns: Sequence[str]) -> None:
        if not columns:
            raise ValueError("LetErasureRedact names the columns that may be redacted.")
        self.table, self.columns = table, list(columns)

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Nothing: rights are not part of the models' state."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if not has_wall_two(schema_editor.connection):
            return
        role = quote(role_name("erase"))
        if "." in self.table:
            schema_editor.execute(f"GRANT USAGE ON SCHEMA {quote(self.table.split('.')[0])} TO {role}")
        schema_editor.execute(f"GRANT SELECT, UPDATE ({self._columns}) ON {quote(self.table)} TO {role}")

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if has_wall_two(schema_editor.connection):
            role = quote(role_name("erase"))
            schema_editor.execute(f"REVOKE SELECT, UPDATE ({self._columns}) ON {quote(self.table)} FROM {role}")

    @property
    def _columns(self) -> str:
        return ", ".join(map(quote, self.columns))

    def describe(self) -> str:
        return f"Let the review queue redact in {self.table}"
