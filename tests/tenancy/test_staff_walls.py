"""A staff session opens its own tenant's records, and the database says so by itself: raw SQL reaches no other's."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from tenancy import staff_scope, system_scope
from tenancy.db.declared import declared_tables
from tenancy.db.policies import quote
from tenancy.testing.isolation import SENTINEL
from tenancy.testing.walls import without_orm
from tests.factories import make_tenant
from tests.fleet import fleet
from tests.testapp.models import Customer, Label, Order


@pytest.fixture
def both(tenant_a, tenant_b, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return fleet(tenant_a, tenant_b)


def session(*tenants):
    return staff_scope(actor=1, reason="test", content=frozenset(tenant.pk for tenant in tenants))


def sql(statement, params=()):
    """The rows of a statement, how many it touched, or the database's refusal as a string."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, params)
            return cursor.fetchall() if cursor.description else cursor.rowcount
    except DatabaseError as error:
        return type(error.__cause__).__name__


def of_content():
    """The tables of records with their tenant's column."""
    with system_scope(reason="test"):
        found = declared_tables(connection)
        return {name: policy.floor for name, policy in found.items() if policy.kind == "isolated (content)"}


def holders(tables):
    """Whose rows show, by table."""
    return {name: {key for (key,) in sql(f"SELECT DISTINCT {column} FROM {quote(name)}")} for name, column in tables}


def test_raw_sql_in_a_staff_session_reads_that_tenants_records_alone(both):
    tables = of_content().items()
    third = make_tenant("fabrikam")
    with system_scope(reason="test"):
        everything = holders(tables)
    filled = {name for name, keys in everything.items() if {both.a.pk, both.b.pk} <= keys}
    assert {"testapp_order", "workspace_contact", "workspace_historicalcontact"} <= filled
    for tenants in ((both.a,), (both.b,), (both.a, both.b), (third,)):
        keys = {tenant.pk for tenant in tenants}
        with session(*tenants):
            assert holders(tables) == {name: present & keys for name, present in everything.items()}
    with staff_scope(actor=1, reason="test"):
        assert holders(tables) == {name: set() for name in everything}


def test_raw_sql_in_a_staff_session_writes_no_other_tenants_record(both):
    before = both.snapshot()
    with session(both.a):
        for name, column in of_content().items():
            for statement in (
                f"DELETE FROM {quote(name)} WHERE {column} = %s",
                f"UPDATE {quote(name)} SET {column} = {column} WHERE {column} = %s",
                f"INSERT INTO {quote(name)} ({column}) VALUES (%s)",
                f"UPDATE {quote(name)} SET {column} = %s",
            ):
                assert sql(statement, [both.b.pk]) in (0, "InsufficientPrivilege"), statement
    assert both.snapshot() == before
    with session(both.b):
        assert sql("UPDATE testapp_label SET word = word") > 0, "the same act on an open tenant's rows succeeds"


def test_without_the_orm_the_database_narrows_a_staff_session(both):
    with without_orm(), session(both.a):
        for model in (Customer, Label, Order):
            assert {row.tenant_id for row in model.objects.all()} == {both.a.pk}
        assert SENTINEL not in repr(list(Customer.objects.values()))


@pytest.mark.django_db(transaction=True)
def test_a_statement_without_a_transaction_is_narrowed_too(both):
    with session(both.a), connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT tenant_id FROM testapp_label")
        assert cursor.fetchall() == [(both.a.pk,)]


@pytest.mark.parametrize(
    ("kind", "keys"),
    [("", ""), ("", "{a}"), ("staff", "{a}"), ("identity", "{a}"), ("content", ""), ("content", "{}"), (None, None)],
)
def test_the_wide_role_with_words_it_does_not_know_sees_no_record(both, kind, keys):
    """The settings hold what somebody else put there, or nothing at all: no kind, another kind, no list of tenants."""
    tables = list(of_content())
    with system_scope(reason="test"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM testapp_label")
        assert cursor.fetchone()[0] > 1
        said = (keys or "").replace("a", str(both.a.pk))
        cursor.execute(
            "SELECT set_config('tenancy.kind', %s, true), set_config('tenancy.tenant', %s, true)", [kind or "", said]
        )
        if kind is None:
            cursor.execute("RESET tenancy.kind; RESET tenancy.tenant")
        for name in tables:
            cursor.execute(f"SELECT count(*) FROM {quote(name)}")
            assert cursor.fetchone() == (0,), name
        transaction.set_rollback(True)
