"""Wall 3: composite foreign keys, so that a row can only point at a row of its own tenant.

Row-level security does not check foreign keys: without these, `update(fk=<another tenant's key>)` goes through. The
composite key stands in the place of Django's simple one (insert x1.00; keeping both x1.95), is deferred like it, and
answers for another tenant's row exactly as for an absent one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import IntegrityError, models
from django.db.migrations.operations.base import Operation

from tenancy.exceptions import TenancyError

from .briefly import briefly, constraint_exists
from .policies import quote


def is_tenant_owned(model: Any) -> bool:
    """Whether the model (a real one or a migration's) has a ``tenant`` key to tenancy.Tenant."""
    try:
        field = model._meta.get_field("tenant")
    except Exception:  # noqa: BLE001 - FieldDoesNotExist, or a relation that is not loaded yet
        return False
    related: Any = getattr(field, "related_model", None)
    return (
        bool(getattr(field, "many_to_one", False))
        and getattr(related, "_meta", None) is not None
        and (related._meta.label_lower == "tenancy.tenant")
    )


def keys_between_tenant_rows(model: Any) -> Iterator[Any]:
    """The model's foreign keys that point at tenant-owned models (one-to-one keys too)."""
    for field in model._meta.local_fields:
        if (
            isinstance(field, models.ForeignKey)
            and getattr(field, "db_constraint", False)
            and is_tenant_owned(field.related_model)
        ):
            yield field


def key_name(table: str, column: str) -> str:
    """The composite key's name, within PostgreSQL's 63 characters."""
    from django.db.backends.utils import truncate_name

    return truncate_name(f"{table}_{column}_tenant_fk", 63)


def parent_key_name(table: str) -> str:
    """The name of the parent's UNIQUE (tenant_id, id)."""
    from django.db.backends.utils import truncate_name

    return truncate_name(f"{table}_tenant_id_key", 63)


class TenantForeignKeys(Operation):
    """Put composite keys in the place of the model's simple ones.

    Comes in a later migration than the table: Django adds its own constraints at a migration's end. `validate=False`
    adds them NOT VALID for tables full of rows; `ValidateTenantForeignKeys` follows, without blocking writers.
    """

    reversible = True
    reduces_to_sql = True

    def __init__(self, model_name: str, *, validate: bool = True) -> None:
        self.model_name = model_name
        self.validate = validate

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Nothing: the models stay plain."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        for field in keys_between_tenant_rows(model):
            self._add(schema_editor, model, field)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = from_state.apps.get_model(app_label, self.model_name)
        table = model._meta.db_table
        for field in keys_between_tenant_rows(model):
            name = key_name(table, field.column)
            schema_editor.execute(f"ALTER TABLE {quote(table)} DROP CONSTRAINT IF EXISTS {quote(name)}", params=None)
            schema_editor.execute(schema_editor._create_fk_sql(model, field, "_fk_%(to_table)s_%(to_column)s"))

    def _add(self, schema_editor: Any, model: Any, field: Any) -> None:
        table, parent = model._meta.db_table, field.related_model._meta.db_table
        target = field.target_field.column
        unique = parent_key_name(parent)
        schema_editor.execute(
            f"DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = '{unique}' "
            f"AND conrelid = '{quote(parent)}'::regclass) THEN "
            f"ALTER TABLE {quote(parent)} ADD CONSTRAINT {quote(unique)} UNIQUE (tenant_id, {quote(target)}); "
            "END IF; END $$",
            params=None,
        )
        name = key_name(table, field.column)
        simple = schema_editor._constraint_names(model, [field.column], foreign_key=True)
        statements = [f"ALTER TABLE {quote(table)} DROP CONSTRAINT {quote(one)}" for one in simple if one != name]
        if schema_editor.collect_sql or not constraint_exists(schema_editor.connection, table, name):
            statements.append(
                f"ALTER TABLE {quote(table)} ADD CONSTRAINT {quote(name)} "
                f"FOREIGN KEY (tenant_id, {quote(field.column)}) "
                f"REFERENCES {quote(parent)} (tenant_id, {quote(target)}) "
                f"DEFERRABLE INITIALLY DEFERRED{'' if self.validate else ' NOT VALID'}"
            )
        briefly(schema_editor, *statements)

    def describe(self) -> str:
        return f"Composite foreign keys of {self.model_name}"

    @property
    def migration_name_fragment(self) -> str:
        return f"tenant_keys_{self.model_name.lower()}"


class ValidateTenantForeignKeys(Operation):
    """Check the rows that were there before their NOT VALID composite keys; writers go on meanwhile.

    Raises TenancyError with the number of rows that point at another tenant's, and some of their keys.
    """

    reversible = True
    reduces_to_sql = True

    def __init__(self, model_name: str) -> None:
        self.model_name = model_name

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Nothing."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        table = model._meta.db_table
        for field in keys_between_tenant_rows(model):
            name = key_name(table, field.column)
            try:
                schema_editor.execute(f"ALTER TABLE {quote(table)} VALIDATE CONSTRAINT {quote(name)}", params=None)
            except IntegrityError as error:
                if schema_editor.connection.in_atomic_block:
                    raise  # nothing more can be asked in this transaction
                raise TenancyError(_across(schema_editor.connection, model, field)) from error

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Nothing: a validated key is as good backwards."""

    def describe(self) -> str:
        return f"Validate the composite foreign keys of {self.model_name}"


def _across(connection: Any, model: Any, field: Any) -> str:
    """What stands in the way of a composite key: rows whose parent is another tenant's."""
    table, parent = quote(model._meta.db_table), quote(field.related_model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*), (array_agg(t.{quote(model._meta.pk.column)}::text))[1:5] FROM {table} t JOIN {parent} p "
            f"ON p.{quote(field.target_field.column)} = t.{quote(field.column)} WHERE p.tenant_id <> t.tenant_id"
        )
        count, keys = cursor.fetchone()
    return (
        f"{count} rows of {model._meta.label} point along {field.name} at another tenant's "
        f"{field.related_model._meta.label}, for example {', '.join(keys or ())}. Decide where each belongs (change "
        "its key, or move it with `manage.py backfill_tenant … --repair`), and run migrate again."
    )
