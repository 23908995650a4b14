"""The trigger that finds the tenant of rows written by code that knows of none, while a project is being adopted."""

from __future__ import annotations

from typing import Any

from django.db import models
from psycopg import sql

from .paths import Source
from .policies import quote

NEW_TENANT = "tenancy_new_tenant"


def fill_name(table: str) -> str:
    """The name of the table's trigger function, within PostgreSQL's 63 characters."""
    from django.db.backends.utils import truncate_name

    return truncate_name(f"tenancy_fill_{table}", 63)


def fill_statements(table: str, key: str, source: Source) -> list[str]:
    """Create the triggers: new rows get their tenant, and rows that move to another parent move to its tenant.

    The second comes AFTER: a trigger BEFORE UPDATE would make every update of the table lock its row twice.
    """
    name, row = quote(fill_name(table)), source.sql("NEW")
    function = f"""CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        NEW.tenant_id := {row};
        RETURN NEW;
    END IF;
    UPDATE {quote(table)} t SET tenant_id = coalesce({source.sql("t")}, t.tenant_id)
        WHERE t.{quote(key)} = NEW.{quote(key)};
    RETURN NULL;
END $$"""
    statements = [
        function,
        f"CREATE OR REPLACE TRIGGER tenancy_fill_insert BEFORE INSERT ON {quote(table)} FOR EACH ROW "
        f"WHEN (NEW.tenant_id IS NULL) EXECUTE FUNCTION {name}()",
    ]
    if source.columns:
        moved = " OR ".join(f"NEW.{quote(column)} IS DISTINCT FROM OLD.{quote(column)}" for column in source.columns)
        statements.append(
            f"CREATE OR REPLACE TRIGGER tenancy_fill_update AFTER UPDATE ON {quote(table)} FOR EACH ROW "
            f"WHEN (({moved}) AND NEW.tenant_id IS NOT DISTINCT FROM OLD.tenant_id) EXECUTE FUNCTION {name}()"
        )
    return statements


def unfill_statements(table: str) -> list[str]:
    """Take the trigger away again."""
    return [
        f"DROP TRIGGER IF EXISTS tenancy_fill_insert ON {quote(table)}",
        f"DROP TRIGGER IF EXISTS tenancy_fill_update ON {quote(table)}",
        f"DROP FUNCTION IF EXISTS {quote(fill_name(table))}()",
    ]


def own_tenant(model: Any, name_column: str) -> Source:
    """Every row is a customer of its own: its tenant is made from its name."""
    table, key = model._meta.db_table, model._meta.pk.column
    call = f"{NEW_TENANT}({{row}}.{quote(name_column)}::text, '{table}-' || {{row}}.{quote(key)}::text)"
    return Source(f"own tenant, named by {name_column}", call)


def new_tenant_statement(tenant_model: Any, connection: Any) -> str:
    """The function that makes a tenant from a name; it lives as long as the trigger of the table of customers."""
    from tenancy.models.tenant import RESERVED_SLUGS

    columns, values = ["id", "name", "slug"], ["gen_random_uuid()", "left(name, 255)", "wanted"]
    for column in tenant_model._meta.concrete_fields:
        if column.name in columns or column.null:
            continue
        columns.append(column.column)
        if isinstance(column, models.DateTimeField):
            values.append("now()")
        else:
            default = column.get_db_prep_save(column.get_default(), connection)
            values.append(sql.Literal(default).as_string(None))
    reserved = ", ".join(f"'{slug}'" for slug in sorted(RESERVED_SLUGS))
    return f"""CREATE OR REPLACE FUNCTION {NEW_TENANT}(name text, key text) RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE
    wanted text := trim(BOTH '-' FROM left(regexp_replace(lower(name), '[^a-z0-9]+', '-', 'g'), 60));
    made uuid;
BEGIN
    key := trim(BOTH '-' FROM regexp_replace(lower(key), '[^a-z0-9]+', '-', 'g'));
    IF wanted = '' OR wanted IN ({reserved}) THEN
        wanted := key;
    END IF;
    -- Two rows of one name at the same moment: the second waits for the first and takes its key along.
    PERFORM pg_advisory_xact_lock(hashtextextended('tenancy.slug:' || wanted, 0));
    IF EXISTS (SELECT FROM {quote(tenant_model._meta.db_table)} t WHERE t.slug = wanted) THEN
        wanted := left(wanted, 60) || '-' || right(key, 39);
    END IF;
    INSERT INTO {quote(tenant_model._meta.db_table)} ({", ".join(quote(one) for one in columns)})
    VALUES ({", ".join(values)}) RETURNING id INTO made;
    RETURN made;
END $$"""
