"""Django's own schema changes as a full table can take them beside writers; each can be run again after a kill."""

from __future__ import annotations

from typing import Any

from django.db import migrations
from django.db.migrations.operations.base import Operation

from .briefly import briefly, constraint_exists, unique_index_concurrently, with_short_locks
from .policies import quote


class AddUniqueConcurrently(migrations.AddConstraint):
    """Django's AddConstraint for a plain or conditional UniqueConstraint, its index built while writers go on."""

    model_name: str
    constraint: Any

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        constraint = self.constraint
        statement = constraint.create_sql(model, schema_editor)
        table, name = model._meta.db_table, constraint.name
        columns = ", ".join(quote(model._meta.get_field(one).column) for one in constraint.fields)
        where = str(statement.parts.get("condition", "")) if constraint.condition else ""
        if not schema_editor.collect_sql and constraint_exists(schema_editor.connection, table, name):
            return
        unique_index_concurrently(schema_editor, table, name, columns, where)
        if not where:
            briefly(
                schema_editor,
                f"ALTER TABLE {quote(table)} ADD CONSTRAINT {quote(name)} UNIQUE USING INDEX {quote(name)}",
            )

    def describe(self) -> str:
        return f"{super().describe()}, concurrently"


class Briefly(Operation):
    """Run another operation under a short lock timeout, again until it succeeds: for changes of the catalogue alone."""

    def __init__(self, operation: Operation) -> None:
        self.operation = operation

    @property
    def reversible(self) -> bool:  # type: ignore[override]
        return bool(self.operation.reversible)

    def state_forwards(self, app_label: str, state: Any) -> None:
        self.operation.state_forwards(app_label, state)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if self._was_done(app_label, schema_editor, from_state, to_state):
            return
        with_short_locks(
            schema_editor, lambda: self.operation.database_forwards(app_label, schema_editor, from_state, to_state)
        )

    def _was_done(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> bool:
        """Whether a run that was killed before it was recorded has taken the old constraint away already."""
        operation: Any = self.operation
        removes = type(operation) is migrations.RemoveConstraint
        if schema_editor.collect_sql or not (removes or type(operation) is migrations.AlterUniqueTogether):
            return False
        name = operation.model_name if removes else operation.name
        model = from_state.apps.get_model(app_label, name)
        with schema_editor.connection.cursor() as cursor:
            there = schema_editor.connection.introspection.get_constraints(cursor, model._meta.db_table)
        if removes:
            return operation.name not in there
        kept = to_state.apps.get_model(app_label, name)._meta.unique_together
        gone = set(model._meta.unique_together) - set(kept)
        columns = [[model._meta.get_field(one).column for one in group] for group in gone]
        found = [entry["columns"] for entry in there.values() if entry["unique"]]
        return bool(gone) and set(kept) <= set(model._meta.unique_together) and not any(c in found for c in columns)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        with_short_locks(
            schema_editor, lambda: self.operation.database_backwards(app_label, schema_editor, from_state, to_state)
        )

    def describe(self) -> str:
        return f"{self.operation.describe()}, under a short lock"
