"""The carrier under pools, named cursors, broken connections and random sequences."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, OperationalError, ProgrammingError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenancy import (
    ScopeNotAllowed,
    current_scope,
    current_tenant_id,
    identity_scope,
    staff_scope,
    system_scope,
    tenant_scope,
)
from tenancy.scope import Scope, scope_opened
from tests.testapp.models import Customer

from .helpers import names, told

# Cursors ---------------------------------------------------------------------------------------------------------


def test_a_named_cursor_stays_with_the_tenant_it_was_opened_in(customers):
    a, b = customers
    with tenant_scope(a):
        rows = Customer.objects.order_by("name").iterator(chunk_size=2)
        first = [next(rows), next(rows)]
    with tenant_scope(b):
        Customer.objects.count()
    with tenant_scope(a):
        rest = list(rows)
    assert {c.name.split()[0] for c in first + rest} == {"northwind"}
    assert len(first + rest) == 25


@pytest.mark.django_db(transaction=True)
def test_a_named_cursor_in_autocommit(customers):
    with tenant_scope(customers[1]):
        assert {c.name.split()[0] for c in Customer.objects.iterator(chunk_size=3)} == {"contoso"}
    assert told() == ("toc_identity", "")


@pytest.mark.django_db(transaction=True)
def test_executemany_copy_and_stream_carry_the_scope(customers):
    a, b = customers
    with tenant_scope(a), connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE testapp_customer SET secret = %s WHERE name = %s", [("x", "contoso 1"), ("y", "northwind 1")]
        )
        with cursor.copy("COPY (SELECT name FROM testapp_customer) TO STDOUT") as copy:
            text = b"".join(bytes(chunk) for chunk in copy).decode()
        streamed = {row[0].split()[0] for row in cursor.stream("SELECT name FROM testapp_customer")}
    assert "contoso" not in text
    assert text.count("northwind") == 25
    assert streamed == {"northwind"}
    with tenant_scope(b):
        assert not Customer.objects.filter(secret="x").exists()
    with tenant_scope(a):
        assert Customer.objects.filter(secret="y").count() == 1


def test_statements_are_shown_without_the_scope_that_travelled_with_them(customers):
    with CaptureQueriesContext(connection) as captured, tenant_scope(customers[0]):
        names()
        with system_scope(reason="test"):
            names()
    text = " ".join(query["sql"] for query in captured)
    assert "SELECT" in text
    assert "SET LOCAL" not in text
    assert "toc_tenant" not in text


# Transactions and errors -------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_an_error_in_autocommit_leaves_nothing_behind(customers):
    with tenant_scope(customers[0]), pytest.raises(ProgrammingError), connection.cursor() as cursor:
        cursor.execute("SELECT nothing FROM nowhere")
    assert told() == ("toc_identity", "")
    with tenant_scope(customers[1]):
        assert names() == {"contoso"}


@pytest.mark.django_db(transaction=True)
def test_a_killed_connection_is_replaced_and_told_again(customers):
    with tenant_scope(customers[0]):
        names()
        connection.connection.pgconn.finish()
        with pytest.raises((OperationalError, DatabaseError)):
            names()
        connection.close()
        assert names() == {"northwind"}


@pytest.mark.django_db(transaction=True)
def test_nothing_outlives_the_transaction(customers):
    with tenant_scope(customers[0]), transaction.atomic():
        names()
    with scope_opened(Scope()), connection.cursor() as cursor:
        connection.connection.carries_scope = False
        try:
            cursor.execute("SELECT current_user::text, coalesce(current_setting('tenancy.tenant', true), '')")
            assert cursor.fetchone() == ("toc_app", "")
        finally:
            connection.connection.carries_scope = True


@pytest.mark.django_db(transaction=True)
def test_callbacks_run_in_the_scope_that_registered_them(customers):
    seen = []
    with transaction.atomic():
        with tenant_scope(customers[0]):
            transaction.on_commit(lambda: seen.append(current_tenant_id()))
        with system_scope(reason="test"):
            transaction.on_commit(lambda: seen.append(current_scope().kind))
    assert seen == [customers[0].pk, "system"]


@pytest.mark.django_db(transaction=True)
def test_begin_rides_with_the_first_statement(customers, tmp_path):
    """A transaction of two statements is three messages, where the driver alone sends BEGIN in a fourth."""

    def messages(carries):
        driver = connection.connection
        driver.carries_scope = carries
        path = tmp_path / f"trace-{carries}"
        with path.open("w") as trace:
            driver.pgconn.trace(trace.fileno())
            with tenant_scope(customers[0]), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT 1")
                cursor.execute("SELECT 2")
            driver.pgconn.untrace()
        driver.carries_scope = True
        return [line.split("\t", 4)[-1].strip() for line in path.read_text().splitlines() if "\tF\t" in line]

    connection.ensure_connection()
    assert len(messages(False)) == 4
    sent = messages(True)
    assert len(sent) == 3, sent
    assert "BEGIN; SET LOCAL ROLE" in sent[0]
    assert "SELECT 1" in sent[0]


@pytest.mark.django_db(transaction=True)
def test_a_first_statement_that_fails_leaves_the_next_transaction_right(customers):
    for statement in ("SELECT nothing_there", "SELECT 1 FROM WHERE"):
        with tenant_scope(customers[0]), pytest.raises(ProgrammingError), transaction.atomic():
            connection.cursor().execute(statement)
        with tenant_scope(customers[1]), transaction.atomic():
            assert set(Customer.objects.values_list("tenant_id", flat=True)) == {customers[1].pk}


# A pool --------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_pool_hands_out_connections_that_know_nothing(customers):
    settings_ = {**connection.settings_dict, "OPTIONS": {"pool": {"min_size": 1, "max_size": 2}}, "CONN_MAX_AGE": 0}
    wrapper = type(connections["default"])(settings_, alias="default")
    try:
        for tenant in customers * 3:
            with tenant_scope(tenant), wrapper.cursor() as cursor:
                cursor.execute("SELECT DISTINCT split_part(name, ' ', 1) FROM testapp_customer")
                assert cursor.fetchall() == [(tenant.slug,)]
            wrapper.close()
        with identity_scope(), wrapper.cursor() as cursor:
            cursor.execute("SELECT current_user::text, current_setting('tenancy.tenant', true)")
            assert cursor.fetchone() == ("toc_identity", "")
    finally:
        wrapper.close()
        wrapper.close_pool()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("prepare", [None, 0])
def test_server_side_binding_and_prepared_statements(customers, prepare):
    settings_ = {
        **connection.settings_dict,
        "OPTIONS": {"server_side_binding": True, "prepare_threshold": prepare},
    }
    wrapper = type(connections["default"])(settings_, alias="default")
    try:
        for tenant in customers * 3:
            with tenant_scope(tenant), wrapper.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM testapp_customer WHERE name LIKE %s", [f"{tenant.slug}%"])
                assert cursor.fetchone() == (25,)
                cursor.execute("SELECT count(*) FROM testapp_customer WHERE name > %s", [""])
                assert cursor.fetchone() == (25,)
    finally:
        wrapper.close()


@pytest.mark.django_db(transaction=True)
def test_a_prepared_statement_alone_takes_its_scope_ahead(customers, monkeypatch):
    """In autocommit both go in one pipeline, no transaction around them; an error leaves nothing behind."""
    wrapper = type(connections["default"])(
        {**connection.settings_dict, "OPTIONS": {"server_side_binding": True, "prepare_threshold": 0}},
        alias="default",
    )
    count = "SELECT count(*), current_user::text FROM testapp_customer WHERE name > %s"
    try:
        wrapper.ensure_connection()
        monkeypatch.setattr(type(wrapper.connection), "transaction", None)
        with tenant_scope(customers[0]), wrapper.cursor() as cursor:
            for _ in range(2):
                cursor.execute(count, [""])
                assert cursor.fetchone() == (25, "toc_tenant")
                with pytest.raises(ProgrammingError):
                    cursor.execute("SELECT %s FROM absent", [1])
        with (
            scope_opened(Scope()),
            wrapper.cursor() as cursor,
            pytest.raises(ProgrammingError, match="permission denied"),
        ):
            cursor.execute(count, [""])
    finally:
        wrapper.close()


# Random sequences ---------------------------------------------------------------------------------------------

STEPS = st.recursive(
    st.sampled_from(["look", "error"]),
    lambda inner: st.tuples(
        st.sampled_from(["a", "b", "system", "staff", "identity", "atomic", "rollback"]), st.lists(inner, max_size=4)
    ),
    max_leaves=12,
)


class _Undo(Exception):
    pass


def walk(step, tenants, model):
    """Run a tree of scopes, savepoints, rollbacks and queries; the server must agree with the model after each."""
    if step == "look":
        assert_agrees(tenants, model)
        return
    if step == "error":
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT nothing FROM nowhere")
        return
    name, inner = step
    if name in ("atomic", "rollback"):
        with pytest.raises(_Undo) if name == "rollback" else transaction.atomic(), transaction.atomic():
            for one in inner:
                walk(one, tenants, model)
            if name == "rollback":
                raise _Undo
        return
    scopes = {
        "a": lambda: tenant_scope(tenants[0]),
        "b": lambda: tenant_scope(tenants[1]),
        "system": lambda: system_scope(reason="test"),
        "staff": lambda: staff_scope(actor="1", reason="test"),
        "identity": identity_scope,
    }
    try:
        opened = scopes[name]()
        opened.__enter__()
    except ScopeNotAllowed:
        assert name in ("a", "b")
        assert connection.has_wide_savepoint()
        return
    try:
        for one in inner:
            walk(one, tenants, name)
    finally:
        opened.__exit__(None, None, None)


def assert_agrees(tenants, model):
    roles = {"a": "toc_tenant", "b": "toc_tenant", "system": "toc_wide", "staff": "toc_wide"}
    tenant = {"a": str(tenants[0].pk), "b": str(tenants[1].pk)}.get(model, "")
    assert told() == (roles.get(model, "toc_identity"), tenant)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("outer", [False, True], ids=["autocommit", "in a transaction"])
def test_random_sequences_agree_with_the_model(customers, outer):
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(STEPS, max_size=6))
    def run(steps):
        if outer:
            with transaction.atomic():
                for step in steps:
                    walk(step, customers, "none")
        else:
            for step in steps:
                walk(step, customers, "none")
        assert_agrees(customers, "none")

    run()
