"""Protect the orders, and make the one way by which append-only rows of a tenant go: a function of the owner's.

The application's roles may not delete history. This function deletes the rows of one tenant from one table, and only
while that tenant is archived and its purge is ordered. It takes isolated tables alone: the column must be the one that
the table's floor policy compares. https://www.postgresql.org/docs/current/sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY
"""

from typing import Any

from django.db import migrations

from tenancy.db.operations import ProtectStaffTable, has_wall_two
from tenancy.db.policies import role

PURGE = """
CREATE FUNCTION tenancy.purge_rows(purged uuid, target regclass, tenant_column name) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE gone bigint;
BEGIN
    IF tenancy.scope_kind() <> 'system' THEN
        RAISE EXCEPTION 'a purge runs in system scope' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NOT EXISTS (
        SELECT FROM public.tenancy_tenant t JOIN public.tenancy_tenantpurge p ON p.tenant_key = t.id
        WHERE t.id = purged AND t.state = 'archived' AND p.emptied_at IS NULL
    ) THEN
        RAISE EXCEPTION 'no purge of tenant % is ordered', purged USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF target = 'public.tenancy_tenant'::regclass OR NOT EXISTS (
        SELECT FROM pg_policy p
        JOIN pg_attribute a ON a.attrelid = p.polrelid AND a.attname = tenant_column
        JOIN pg_depend d ON d.classid = 'pg_policy'::regclass AND d.objid = p.oid
            AND d.refclassid = 'pg_class'::regclass AND d.refobjid = p.polrelid AND d.refobjsubid = a.attnum
        WHERE p.polrelid = target AND p.polname = 'tenancy_floor'
    ) THEN
        RAISE EXCEPTION '% holds no rows of tenants by %', target, tenant_column
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    EXECUTE format('DELETE FROM %s WHERE %I = $1', target, tenant_column) USING purged;
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $$;
REVOKE ALL ON FUNCTION tenancy.purge_rows(uuid, regclass, name) FROM PUBLIC;
"""


def make(apps: Any, schema_editor: Any) -> None:
    schema_editor.execute("UPDATE tenancy_tenant SET archived_at = updated_at WHERE state = 'archived'", params=None)
    if has_wall_two(schema_editor.connection):
        schema_editor.execute(PURGE, params=None)
        execute = f"GRANT EXECUTE ON FUNCTION tenancy.purge_rows(uuid, regclass, name) TO {role('wide')}"
        schema_editor.execute(execute, params=None)


def drop(apps: Any, schema_editor: Any) -> None:
    if has_wall_two(schema_editor.connection):
        schema_editor.execute("DROP FUNCTION tenancy.purge_rows(uuid, regclass, name)", params=None)


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0011_add_purge"), ("tenancy", "0002_prepare_walls")]

    operations = [ProtectStaffTable("tenantpurge"), migrations.RunPython(make, drop)]
