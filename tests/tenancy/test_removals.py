"""Take one piece of a wall away, and something turns red: nothing here could be lost without a test that says so."""

from __future__ import annotations

import pytest
from django.db import ProgrammingError, connection, transaction

from tenancy import system_scope, tenant_scope
from tenancy.db.report import isolation_report
from tests.testapp.models import Customer, Label

from .attempts import ATTEMPTS
from .test_walls import crossings, outcome, truth, world  # noqa: F401 - `world` is a fixture


def holes():
    with system_scope(reason="test"):
        return {(hole.table, hole.check) for hole in isolation_report().holes}


def leaks(world, *names):  # noqa: F811
    return {name for name in names if outcome(name, world)[0]}


def restored(policy):
    """The statement that makes a policy of testapp_customer again as it is now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT polpermissive, pg_get_expr(polqual, polrelid) FROM pg_policy "
            "WHERE polname = %s AND polrelid = 'testapp_customer'::regclass",
            [policy],
        )
        permissive, text = cursor.fetchone()
    kind = "PERMISSIVE" if permissive else "RESTRICTIVE"
    return f"CREATE POLICY {policy} ON testapp_customer AS {kind} TO toc_tenant USING {text} WITH CHECK {text}"


@pytest.mark.django_db(transaction=True)
def test_a_stray_policy_shows_no_row_while_the_floor_stands_and_all_without(world, owner_sql):  # noqa: F811
    owner_sql(
        "CREATE POLICY stray ON testapp_customer TO toc_tenant USING (true)",
        undo="DROP POLICY stray ON testapp_customer",
    )
    assert ("testapp_customer", "policies") in holes()
    assert not leaks(world, "read_cursor", "write_cursor_update")
    owner_sql("DROP POLICY tenancy_floor ON testapp_customer", undo=restored("tenancy_floor"))
    assert ("testapp_customer", "floor") in holes()
    assert leaks(world, "read_cursor", "write_cursor_update") == {"read_cursor", "write_cursor_update"}


@pytest.mark.django_db(transaction=True)
def test_without_its_policy_a_tenant_loses_its_own_rows(world, owner_sql):  # noqa: F811
    with tenant_scope(world.a):
        assert Customer.objects.count() == 1
    owner_sql("DROP POLICY tenancy_tenant ON testapp_customer", undo=restored("tenancy_tenant"))
    assert ("testapp_customer", "policies") in holes()
    with tenant_scope(world.a):
        assert Customer.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_without_one_composite_key_a_row_points_across(world, owner_sql):  # noqa: F811
    name = "testapp_order_customer_id_tenant_fk"
    assert not leaks(world, "write_update_key")
    owner_sql(
        f"ALTER TABLE testapp_order DROP CONSTRAINT {name}",
        undo=f"ALTER TABLE testapp_order ADD CONSTRAINT {name} FOREIGN KEY (tenant_id, customer_id) "
        "REFERENCES testapp_customer (tenant_id, id) DEFERRABLE INITIALLY DEFERRED",
    )
    assert ("testapp_order", "keys") in holes()
    assert leaks(world, "write_update_key") == {"write_update_key"}
    assert not crossings(truth())


@pytest.mark.django_db(transaction=True)
def test_without_the_managers_condition_the_database_alone_stands_and_then_nothing(world, monkeypatch):  # noqa: F811
    from django.db import models

    from tenancy import managers
    from tenancy.testing.walls import without_policies

    monkeypatch.setattr(managers, "scope_query", lambda query, model: None)
    assert not leaks(world, "read_all", "read_get_by_key", "write_update_all")
    monkeypatch.setattr("tenancy.models.TenantScoped.from_db", models.Model.__dict__["from_db"])
    with without_policies():
        assert leaks(world, "read_all", "write_update_all") == {"read_all", "write_update_all"}


@pytest.mark.django_db(transaction=True)
def test_without_the_backends_synchronisation_nothing_is_read_at_all(world):  # noqa: F811
    """It fails closed: whatever the login may do by itself, it has no right on any tenant's rows."""
    connection.ensure_connection()
    driver = connection.connection
    driver.carries_scope = False
    try:
        for name in ("read_all", "read_cursor", "read_raw_queryset"):
            with tenant_scope(world.a), pytest.raises(ProgrammingError), transaction.atomic():
                ATTEMPTS[name](world)
        with tenant_scope(world.a), pytest.raises(ProgrammingError), transaction.atomic():
            Label.objects.create(word="own")
    finally:
        driver.carries_scope = True
    with tenant_scope(world.a):
        assert Customer.objects.count() == 1
