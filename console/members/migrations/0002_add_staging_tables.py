"""Where rows of files wait before they become members: unlogged, since the kept file can fill them again."""

from typing import Any

from django.db import migrations

from console.members.walls import LandingTable, StagedRows
from tenancy.conf import role_name
from tenancy.db.operations import IsolateTable, has_wall_two

COLUMNS = ", ".join(f"c{number} text" for number in range(1, 13))
MAKE = f"""
CREATE SCHEMA IF NOT EXISTS staging;
REVOKE ALL ON SCHEMA staging FROM PUBLIC;
CREATE UNLOGGED TABLE staging.landing (
    import_id uuid NOT NULL, tenant_id uuid NOT NULL, line integer NOT NULL, last_line integer NOT NULL,
    action text NOT NULL, key text NOT NULL, note jsonb, {COLUMNS}
);
CREATE UNLOGGED TABLE staging.import_row (
    import_id uuid NOT NULL, tenant_id uuid NOT NULL, line integer NOT NULL, last_line integer NOT NULL,
    action text NOT NULL, key text NOT NULL, note jsonb, {COLUMNS},
    target_id uuid, person_id uuid, seen timestamptz, before jsonb, late boolean NOT NULL DEFAULT false
);
CREATE INDEX import_row_order ON staging.import_row (import_id, late, line);
CREATE INDEX import_row_action ON staging.import_row (import_id, action, line);
CREATE INDEX import_row_key ON staging.import_row (import_id, key);
ALTER TABLE staging.landing SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000);
"""


def grant_schema(apps: Any, schema_editor: Any) -> None:
    if has_wall_two(schema_editor.connection):
        for role in ("tenant", "wide", "import", "scan"):
            schema_editor.execute(f'GRANT USAGE ON SCHEMA staging TO "{role_name(role)}"')


class Migration(migrations.Migration):
    dependencies = [("members", "0001_add_memberimport"), ("tenancy", "0002_prepare_walls")]

    operations = [
        migrations.RunSQL(MAKE, "DROP SCHEMA staging CASCADE"),
        migrations.RunPython(grant_schema, migrations.RunPython.noop),
        LandingTable(),
        StagedRows(),
        IsolateTable("memberimport", visibility="directory"),
    ]
