"""Migration operations that give a full table a tenant while others write to it.

In this order, in migrations with ``atomic = False``: `AddTenant` (nullable column, trigger for new rows),
`BackfillTenant` (old rows), `RequireTenant` (CHECK NOT VALID, VALIDATE, SET NOT NULL, keys and indexes without
blocking), `TenantForeignKeys(validate=False)` and `ValidateTenantForeignKeys`, `StopFilling`, and `IsolateTable` last.
Each can be run again after a kill.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.migrations.operations.base import Operation

from tenancy.exceptions import TenancyError

from .backfill import Backfill, Report
from .briefly import briefly, constraint_exists, unique_index_concurrently
from .constraints import parent_key_name
from .filling import NEW_TENANT, fill_statements, new_tenant_statement, own_tenant, unfill_statements
from .paths import Source, source_along
from .policies import quote


def tenant_field(*, null: bool) -> Any:
    """The field as `tenancy.models.TenantScoped` has it; nullable until every row has a tenant."""
    field: Any = models.ForeignKey(
        "tenancy.Tenant",
        on_delete=models.CASCADE,
        related_name="+",
        editable=False,
        db_index=False,
        verbose_name="tenant",
        null=null,
    )
    return field


class AdoptionOperation(Operation):
    """Base: one model, whose tenant comes along `path`, or is made from its own field `own`."""

    reversible = True
    reduces_to_sql = True

    def __init__(self, model_name: str, *, path: str = "", own: str = "") -> None:
        if path and own:
            raise ValueError(f"{type(self).__name__} takes path= or own=, not both.")
        self.model_name = model_name
        self.path = path
        self.own = own

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Nothing, unless the operation says otherwise."""

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Nothing, unless the operation says otherwise."""

    def source(self, model: Any, connection: Any) -> Source | None:
        """Where rows get their tenant from; None where neither path nor own is given."""
        if self.own:
            return own_tenant(model, model._meta.get_field(self.own).column)
        return source_along(model, self.path, connection) if self.path else None

    def describe(self) -> str:
        return f"{type(self).__name__} {self.model_name}"

    @property
    def migration_name_fragment(self) -> str:
        return f"{type(self).__name__.lower()}_{self.model_name.lower()}"


class AddTenant(AdoptionOperation):
    """Add a nullable `tenant` and the trigger that fills it in rows written from now on.

    Parents come before children. `own` names the field from which each row's own tenant gets its name: for the table
    whose rows are the customers.
    """

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.add_field(app_label, self.model_name.lower(), "tenant", tenant_field(null=True), True)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        connection, table = schema_editor.connection, model._meta.db_table
        source = self.source(model, connection)
        statements = [f"ALTER TABLE {quote(table)} ADD COLUMN IF NOT EXISTS tenant_id uuid NULL"]
        if self.own:
            statements.append(new_tenant_statement(to_state.apps.get_model("tenancy", "Tenant"), connection))
        if source is not None:
            statements += fill_statements(table, model._meta.pk.column, source)
        briefly(schema_editor, *statements)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        table = from_state.apps.get_model(app_label, self.model_name)._meta.db_table
        gone = [f"DROP FUNCTION IF EXISTS {NEW_TENANT}(text, text)"] if self.own else []
        briefly(
            schema_editor,
            *unfill_statements(table),
            *gone,
            f"ALTER TABLE {quote(table)} DROP COLUMN IF EXISTS tenant_id",
        )


class BackfillTenant(AdoptionOperation):
    """Fill the tenant of the rows that were there before; ``manage.py backfill_tenant`` does the same by hand.

    `agree`: paths that must lead to the same tenant; a row on which they differ stays without one.
    """

    reduces_to_sql = False

    def __init__(self, model_name: str, *, path: str = "", own: str = "", agree: Sequence[str] = ()) -> None:
        super().__init__(model_name, path=path, own=own)
        if not path and not own:
            raise ValueError("BackfillTenant needs path= or own=.")
        self.agree = list(agree)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        connection = schema_editor.connection
        source = self.source(model, connection)
        if source is not None:
            others = [source_along(model, path, connection) for path in self.agree]
            Backfill(connection, model, source, agree=others).run(repair=True)


class RequireTenant(AdoptionOperation):
    """Make the tenant NOT NULL, tie it to its tenant and index it, without blocking writers.

    With `path` or `own`, rows that came in meanwhile are filled first. Raises TenancyError where rows have no tenant.
    """

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.alter_field(app_label, self.model_name.lower(), "tenant", tenant_field(null=False), True)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        connection, table = schema_editor.connection, model._meta.db_table
        if not schema_editor.collect_sql:
            self._sweep(connection, model)
        self._set_not_null(schema_editor, model)
        self._tie_to_tenant(schema_editor, model)
        self._index(schema_editor, table, model._meta.pk.column)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = from_state.apps.get_model(app_label, self.model_name)
        table = quote(model._meta.db_table)
        keys = schema_editor._constraint_names(model, ["tenant_id"], foreign_key=True)
        briefly(
            schema_editor,
            *(f"ALTER TABLE {table} DROP CONSTRAINT {quote(name)}" for name in keys),
            f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {quote(parent_key_name(model._meta.db_table))}",
            f"ALTER TABLE {table} ALTER COLUMN tenant_id DROP NOT NULL",
        )

    def _sweep(self, connection: Any, model: Any) -> None:
        source = self.source(model, connection)
        if source is not None and not connection.in_atomic_block:
            report = Backfill(connection, model, source).run(repair=True)
        else:
            report = Report(model._meta.label, "")
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT count(*) FROM {quote(model._meta.db_table)} WHERE tenant_id IS NULL", [])
                report.missing = cursor.fetchone()[0]
        if not report.is_complete:
            raise TenancyError(
                f"{report.missing + report.ambiguous} rows of {report.model} have no tenant, for example "
                f"{', '.join(report.missing_keys[:5]) or 'see `backfill_tenant --dry-run`'}. Give them one "
                "(`manage.py backfill_tenant … --keys … --tenant slug`) or delete them, and run migrate again."
            )

    def _set_not_null(self, schema_editor: Any, model: Any) -> None:
        table, name = model._meta.db_table, f"{model._meta.db_table}_tenant_set"[:63]
        asks = not schema_editor.collect_sql
        if asks and _is_not_null(schema_editor.connection, table):
            return
        if not asks or not constraint_exists(schema_editor.connection, table, name):
            briefly(
                schema_editor,
                f"ALTER TABLE {quote(table)} ADD CONSTRAINT {quote(name)} CHECK (tenant_id IS NOT NULL) NOT VALID",
            )
        try:
            if asks:
                self._sweep(schema_editor.connection, model)  # what was in flight until the CHECK stood
            schema_editor.execute(f"ALTER TABLE {quote(table)} VALIDATE CONSTRAINT {quote(name)}", params=None)
        except Exception:
            if not schema_editor.connection.in_atomic_block:
                briefly(schema_editor, f"ALTER TABLE {quote(table)} DROP CONSTRAINT IF EXISTS {quote(name)}")
            raise
        # PostgreSQL takes the validated CHECK as proof and does not read the table under its lock.
        briefly(
            schema_editor,
            f"ALTER TABLE {quote(table)} ALTER COLUMN tenant_id SET NOT NULL",
            f"ALTER TABLE {quote(table)} DROP CONSTRAINT {quote(name)}",
        )

    def _tie_to_tenant(self, schema_editor: Any, model: Any) -> None:
        field = model._meta.get_field("tenant")
        names = (
            [] if schema_editor.collect_sql else schema_editor._constraint_names(model, ["tenant_id"], foreign_key=True)
        )
        if not names:
            statement = schema_editor._create_fk_sql(model, field, "_fk_%(to_table)s_%(to_column)s")
            names = [str(statement.parts["name"]).strip('"')]
            briefly(schema_editor, f"{statement} NOT VALID")
        for name in names:
            schema_editor.execute(
                f"ALTER TABLE {quote(model._meta.db_table)} VALIDATE CONSTRAINT {quote(name)}", params=None
            )

    def _index(self, schema_editor: Any, table: str, key: str) -> None:
        # One index for both: look-ups by tenant, and the parent's half of the composite keys.
        name = parent_key_name(table)
        if not schema_editor.collect_sql and constraint_exists(schema_editor.connection, table, name):
            return
        unique_index_concurrently(schema_editor, table, name, f"tenant_id, {quote(key)}")
        briefly(
            schema_editor,
            f"ALTER TABLE {quote(table)} ADD CONSTRAINT {quote(name)} UNIQUE USING INDEX {quote(name)}",
        )


class StopFilling(AdoptionOperation):
    """Take the trigger away once no code is left that writes rows without a tenant."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        table = to_state.apps.get_model(app_label, self.model_name)._meta.db_table
        gone = [f"DROP FUNCTION IF EXISTS {NEW_TENANT}(text, text)"] if self.own else []
        briefly(schema_editor, *unfill_statements(table), *gone)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        AddTenant(self.model_name, path=self.path, own=self.own).database_forwards(
            app_label, schema_editor, from_state, to_state
        )


def _is_not_null(connection: Any, table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attnotnull FROM pg_attribute WHERE attrelid = %s::regclass AND attname = 'tenant_id'",
            [quote(table)],
        )
        row = cursor.fetchone()
    return bool(row and row[0])
