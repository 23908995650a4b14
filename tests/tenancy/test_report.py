"""The isolation report turns red for each kind of hole, and green again."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tenancy import system_scope
from tenancy.db.policies import opened
from tenancy.db.report import CHECKS, State, isolation_report
from tenancy.management.commands.isolation import as_json

TABLE = "testapp_label"
OWN = "(SELECT nullif(current_setting('tenancy.tenant', true), '')::uuid)"
FLOOR = (
    f"CREATE POLICY tenancy_floor ON {TABLE} AS RESTRICTIVE TO toc_tenant "
    "USING (tenant_id = (SELECT nullif(current_setting('tenancy.tenant', true), '')::uuid)) "
    "WITH CHECK (tenant_id = (SELECT nullif(current_setting('tenancy.tenant', true), '')::uuid))"
)
KEY = (
    "ALTER TABLE testapp_order ADD CONSTRAINT testapp_order_customer_id_tenant_fk FOREIGN KEY (tenant_id, customer_id) "
    "REFERENCES testapp_customer (tenant_id, id) DEFERRABLE INITIALLY DEFERRED"
)
WITHOUT_KEY = "ALTER TABLE testapp_order DROP CONSTRAINT testapp_order_customer_id_tenant_fk"

HOLES = {
    "a stray policy": (
        f"CREATE POLICY stray ON {TABLE} TO toc_tenant USING (true)",
        f"DROP POLICY stray ON {TABLE}",
        (TABLE, "policies", "stray stray"),
    ),
    "a policy taken away": (
        f"ALTER POLICY tenancy_tenant ON {TABLE} RENAME TO tenancy_other",
        f"ALTER POLICY tenancy_other ON {TABLE} RENAME TO tenancy_tenant",
        (TABLE, "policies", "missing tenancy_tenant"),
    ),
    "a policy for everybody": (
        f"ALTER POLICY tenancy_wide ON {TABLE} TO PUBLIC",
        f"ALTER POLICY tenancy_wide ON {TABLE} TO toc_wide",
        (TABLE, "policies", "tenancy_wide is for PUBLIC"),
    ),
    "a policy that asks for nothing": (
        f"ALTER POLICY tenancy_tenant ON {TABLE} USING (true) WITH CHECK (true)",
        f"ALTER POLICY tenancy_tenant ON {TABLE} USING (tenant_id = {OWN}) WITH CHECK (tenant_id = {OWN})",
        (TABLE, "policies", "tenancy_tenant does not say what was declared"),
    ),
    "a policy with a back door": (
        f"ALTER POLICY tenancy_tenant ON {TABLE} USING (tenant_id = {OWN} OR word = 'open')",
        f"ALTER POLICY tenancy_tenant ON {TABLE} USING (tenant_id = {OWN})",
        (TABLE, "policies", "tenancy_tenant does not say what was declared"),
    ),
    "a wide policy that asks for no scope": (
        f"ALTER POLICY tenancy_wide ON {TABLE} USING (true)",
        f"ALTER POLICY tenancy_wide ON {TABLE} USING ({opened('tenant_id')})",
        (TABLE, "policies", "tenancy_wide does not say what was declared"),
    ),
    "a staff session that opens every tenant": (
        f"ALTER POLICY tenancy_wide ON {TABLE} USING "
        "((SELECT current_setting('tenancy.kind', true) IN ('content', 'system')))",
        f"ALTER POLICY tenancy_wide ON {TABLE} USING ({opened('tenant_id')})",
        (TABLE, "policies", "tenancy_wide does not say what was declared"),
    ),
    "no floor": (f"DROP POLICY tenancy_floor ON {TABLE}", FLOOR, (TABLE, "floor", "")),
    "a floor with a hole": (
        f"ALTER POLICY tenancy_floor ON {TABLE} USING (true OR current_setting('tenancy.tenant', true) = '')",
        f"DROP POLICY tenancy_floor ON {TABLE}; {FLOOR}",
        (TABLE, "floor", ""),
    ),
    "a grant too many": (
        f"GRANT SELECT ON {TABLE} TO toc_identity",
        f"REVOKE SELECT ON {TABLE} FROM toc_identity",
        (TABLE, "grants", "toc_identity has SELECT"),
    ),
    "a grant of one column": (
        "GRANT SELECT (session_data) ON django_session TO toc_tenant",
        "REVOKE SELECT (session_data) ON django_session FROM toc_tenant",
        ("django_session", "grants", "toc_tenant has SELECT (session_data)"),
    ),
    "a grant to everybody": (
        f"GRANT TRUNCATE ON {TABLE} TO PUBLIC",
        f"REVOKE TRUNCATE ON {TABLE} FROM PUBLIC",
        (TABLE, "grants", "PUBLIC has TRUNCATE"),
    ),
    "no composite key": (WITHOUT_KEY, KEY, ("testapp_order", "keys", "customer_id: no composite key")),
    "a composite key nobody validated": (
        f"{WITHOUT_KEY}; {KEY} NOT VALID",
        f"{WITHOUT_KEY}; {KEY}",
        ("testapp_order", "keys", "customer_id: not validated"),
    ),
    "a simple key beside": (
        "ALTER TABLE testapp_order ADD CONSTRAINT beside FOREIGN KEY (customer_id) REFERENCES testapp_customer (id)",
        "ALTER TABLE testapp_order DROP CONSTRAINT beside",
        ("testapp_order", "keys", "a simple key stands beside"),
    ),
    "a nullable tenant": (
        f"ALTER TABLE {TABLE} ALTER tenant_id DROP NOT NULL",
        f"ALTER TABLE {TABLE} ALTER tenant_id SET NOT NULL",
        (TABLE, "tenant", "column tenant_id"),
    ),
    "a unique of all tenants": (
        f"CREATE UNIQUE INDEX of_all ON {TABLE} (word)",
        "DROP INDEX of_all",
        (TABLE, "uniques", "of_all (word)"),
    ),
    "policies not in force": (
        f"ALTER TABLE {TABLE} DISABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY",
        (TABLE, "rls", "not enabled"),
    ),
    "policies that the owner passes": (
        f"ALTER TABLE {TABLE} NO FORCE ROW LEVEL SECURITY",
        f"ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY",
        (TABLE, "rls", "not forced"),
    ),
    "an undeclared table": (
        "CREATE TABLE stray (id int)",
        "DROP TABLE stray",
        ("stray", "rls", "neither isolated nor"),
    ),
    "an undeclared partition": (
        "CREATE TABLE parted (id int) PARTITION BY LIST (id); "
        "CREATE TABLE parted_1 PARTITION OF parted FOR VALUES IN (1)",
        "DROP TABLE parted",
        ("parted_1", "rls", "neither isolated nor"),
    ),
    "a view as its owner": (
        f"CREATE VIEW open_view AS SELECT * FROM {TABLE}",
        "DROP VIEW open_view",
        ("", "views safe", "public.open_view"),
    ),
    "a granted materialised view": (
        f"CREATE MATERIALIZED VIEW copied AS SELECT * FROM {TABLE}; GRANT SELECT ON copied TO toc_tenant",
        "DROP MATERIALIZED VIEW copied",
        ("", "views safe", "public.copied"),
    ),
    "a definer function that trusts the search path": (
        "CREATE FUNCTION loose() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
        "DROP FUNCTION loose()",
        ("", "definer functions pinned", "public.loose"),
    ),
}


def report():
    with system_scope(reason="test"):
        return isolation_report()


def holes():
    return [(hole.table, hole.check, hole.detail) for hole in report().holes]


@pytest.mark.parametrize("name", HOLES)
def test_each_hole_turns_the_report_red(owner_sql, name):
    statement, undo, (table, check, detail) = HOLES[name]
    owner_sql(statement, undo=undo)
    found = holes()
    assert [hole for hole in found if hole[:2] == (table, check) and detail in hole[2]], found


def test_nothing_is_left_of_the_holes(db):
    assert holes() == []


def test_a_safe_view_and_a_pinned_function_are_fine(owner_sql):
    owner_sql(
        f"CREATE VIEW safe WITH (security_invoker = on) AS SELECT * FROM {TABLE}; "
        f"CREATE VIEW safe_too WITH (security_invoker) AS SELECT * FROM {TABLE}; "
        f"CREATE MATERIALIZED VIEW private AS SELECT * FROM {TABLE}; "
        "CREATE FUNCTION pinned() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS 'SELECT 1'",
        undo="DROP VIEW safe, safe_too; DROP MATERIALIZED VIEW private; DROP FUNCTION pinned()",
    )
    assert holes() == []


def test_every_table_has_an_answer_per_check(db):
    data = as_json(report())
    for table, answers in data["tables"].items():
        assert answers["kind"] != "undeclared", table
        assert {"orm", "rls", "floor", "tenant", "keys", "uniques", "grants"} <= answers.keys() <= {"kind", *CHECKS}
    label = data["tables"][TABLE]
    assert {label[check]["state"] for check in ("orm", "rls", "policies", "floor", "tenant", "grants")} == {State.HOLDS}
    assert data["database"]["query text hidden"]["state"] == State.HOLDS


def test_the_command_says_all_and_exits_with_the_holes(owner_sql):
    out = StringIO()
    call_command("isolation", stdout=out)
    assert "0 holes" in out.getvalue()
    owner_sql(f"GRANT SELECT ON {TABLE} TO toc_identity", undo=f"REVOKE SELECT ON {TABLE} FROM toc_identity")
    for options in ({}, {"json": True}):
        out = StringIO()
        with pytest.raises(SystemExit) as stop:
            call_command("isolation", stdout=out, **options)
        assert stop.value.code == 1
    data = json.loads(out.getvalue())
    assert (data["holes"], data["tables"][TABLE]["grants"]["state"]) == (1, "hole")


@pytest.mark.django_db(transaction=True)
def test_migrate_fails_on_a_table_that_nobody_declared(owner_sql):
    owner_sql("CREATE TABLE stray (id int)", undo="DROP TABLE stray")
    with pytest.raises(CommandError, match="stray"):
        call_command("migrate", verbosity=0)
