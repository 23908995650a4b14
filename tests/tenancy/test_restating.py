"""A database of an earlier version gets the policies of this one by `migrate`, and keeps its grants."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from tenancy import system_scope
from tenancy.db.policies import kinds, opened, tenant_is
from tenancy.db.report import isolation_report

pytestmark = pytest.mark.django_db(transaction=True)

TABLE = "testapp_label"
NOW = f"USING ({opened('tenant_id')}) WITH CHECK ({opened('tenant_id')})"
EARLIER = kinds("content", "system")
FLOOR = f"USING ({tenant_is('tenant_id')}) WITH CHECK ({tenant_is('tenant_id')})"


def holes():
    with system_scope(reason="test"):
        return [(hole.table, hole.check) for hole in isolation_report().holes]


def granted_to_erasure():
    with system_scope(reason="test"), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_attribute, aclexplode(attacl) a WHERE a.grantee = 'toc_erase'::regrole")
        columns = cursor.fetchone()[0]
        cursor.execute("SELECT count(*) FROM pg_policies WHERE policyname = 'tenancy_erase'")
        return columns, cursor.fetchone()[0]


@pytest.mark.parametrize(
    ("statement", "undo"),
    [
        (
            f"ALTER POLICY tenancy_wide ON {TABLE} USING ({EARLIER}) WITH CHECK ({EARLIER})",
            f"ALTER POLICY tenancy_wide ON {TABLE} {NOW}",
        ),
        (f"ALTER POLICY tenancy_floor ON {TABLE} USING (true)", f"ALTER POLICY tenancy_floor ON {TABLE} {FLOOR}"),
        (f"DROP POLICY tenancy_wide ON {TABLE}", "SELECT 1"),
    ],
    ids=["an earlier text", "a floor let down", "a policy taken away"],
)
def test_migrate_states_policies_again(owner_sql, statement, undo):
    owner_sql(statement, undo=undo)
    assert (TABLE, "policies") in holes() or (TABLE, "floor") in holes()
    before, out = granted_to_erasure(), StringIO()
    call_command("migrate", stdout=out, skip_checks=False)  # as on the command line
    assert f"Policies stated again: {TABLE}\n" in out.getvalue()
    assert holes() == []
    assert granted_to_erasure() == before
    out = StringIO()
    call_command("migrate", stdout=out, skip_checks=False)
    assert "stated again" not in out.getvalue()


def test_migrate_raises_no_wall_where_none_stands(owner_sql):
    owner_sql(
        f"ALTER TABLE {TABLE} DISABLE ROW LEVEL SECURITY; DROP POLICY tenancy_wide ON {TABLE}",
        undo=f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY; CREATE POLICY tenancy_wide ON {TABLE} TO toc_wide {NOW}",
    )
    out = StringIO()
    call_command("migrate", stdout=out, skip_checks=False)
    assert "stated again" not in out.getvalue()


def test_applying_by_hand_keeps_what_erasure_was_granted(owner_sql):
    before = granted_to_erasure()
    assert min(before) > 10
    call_command("isolation", apply=True, stdout=StringIO())
    assert granted_to_erasure() == before
    assert holes() == []
