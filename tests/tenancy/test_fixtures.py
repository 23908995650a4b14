"""dumpdata and loaddata: own rows in a tenant's scope, everything in system scope, and an error in none."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tenancy import system_scope, tenant_scope
from tests.testapp.models import Customer, Order


@pytest.fixture
def rows(tenant_a, tenant_b):
    for tenant in (tenant_a, tenant_b):
        with tenant_scope(tenant):
            customer = Customer.objects.create(name=f"customer of {tenant.slug}")
            Order.objects.create(customer=customer, title=f"order of {tenant.slug}")
    return tenant_a, tenant_b


def dump(*labels, **options):
    out = StringIO()
    call_command("dumpdata", *labels, stdout=out, **options)
    return json.loads(out.getvalue())


def test_without_a_scope_it_teaches(rows):
    for labels in ((), ("testapp",), ("testapp.customer",)):
        with pytest.raises(CommandError, match="--tenant SLUG") as error:
            dump(*labels)
        assert error.value.returncode == 2


@pytest.mark.parametrize("labels", [(), ("testapp",), ("testapp.Customer", "testapp.order")])
def test_a_tenant_gets_its_own_rows(rows, labels):
    text = json.dumps(dump(*labels, tenant="northwind"))
    assert "customer of northwind" in text
    assert "order of northwind" in text
    assert "contoso" not in text
    assert "accounts.user" not in text


def test_the_open_scope_counts_too(rows):
    with tenant_scope(rows[1]):
        assert [row["fields"]["name"] for row in dump("testapp.customer")] == ["customer of contoso"]
        assert [row["fields"]["name"] for row in dump("testapp.customer", use_base_manager=True)] == [
            "customer of contoso"
        ]


def test_all_tenants_want_a_reason_and_are_recorded(rows):
    from console.operations.models import AuditEvent

    with pytest.raises(CommandError, match="--reason"):
        dump("testapp", all_tenants=True)
    found = dump("testapp.customer", "accounts.user", all_tenants=True, reason="move to another server")
    assert {row["fields"]["name"] for row in found if row["model"] == "testapp.customer"} == {
        "customer of northwind",
        "customer of contoso",
    }
    assert [row for row in found if row["model"] == "accounts.user"]
    with system_scope(reason="test"):
        assert AuditEvent.objects.get(verb="data.dumped").reason == "move to another server"


def test_what_is_nobodys_is_not_a_tenants(rows):
    with pytest.raises(CommandError, match="belongs to no tenant"):
        dump("accounts.user", tenant="northwind")
    with pytest.raises(CommandError, match="None of these"):
        dump("sessions", tenant="northwind")
    with pytest.raises(CommandError, match="There is no tenant"):
        dump(tenant="nobody")


def test_enforcement_off_lets_nothing_out_by_accident(rows, settings):
    settings.TENANCY = {**settings.TENANCY, "ENFORCEMENT": {"testapp": "off", "*": "enforce"}}
    with pytest.raises(CommandError, match="Enforcement is off"):
        dump("testapp", tenant="northwind")


def load(tmp_path, data, **options):
    file = tmp_path / "rows.json"
    file.write_text(json.dumps(data))
    call_command("loaddata", str(file), stdout=StringIO(), **options)


def names(tenant):
    with tenant_scope(tenant):
        return set(Customer.objects.values_list("name", flat=True))


def test_rows_come_back_into_their_tenant(rows, tmp_path):
    a, b = rows
    data = dump("testapp", tenant="northwind")
    with tenant_scope(a):
        Customer.objects.all().delete()
    load(tmp_path, data, tenant="northwind")
    assert names(a) == {"customer of northwind"}
    assert names(b) == {"customer of contoso"}


def test_another_tenants_rows_are_refused_whole(rows, tmp_path):
    a, b = rows
    data = dump("testapp.customer", tenant="contoso")
    free = {"model": "testapp.customer", "fields": {"name": "of nobody"}}
    for foreign in ({**data[0], "pk": None}, data[0]):
        with pytest.raises(CommandError, match="belongs to another tenant"):
            load(tmp_path, [free, foreign], tenant="northwind")
    assert names(a) == {"customer of northwind"}
    stolen = {**data[0], "fields": {**data[0]["fields"], "tenant": str(a.pk), "name": "stolen"}}
    with pytest.raises(Exception, match="the key of the new row is not free"):
        load(tmp_path, [stolen], tenant="northwind")
    assert (names(a), names(b)) == ({"customer of northwind"}, {"customer of contoso"})
    load(tmp_path, [free], tenant="northwind")
    assert names(a) == {"customer of northwind", "of nobody"}


def test_rows_of_tenants_want_a_scope(rows, tmp_path):
    data = dump("testapp.customer", tenant="contoso")
    with pytest.raises(CommandError, match="--tenant SLUG"):
        load(tmp_path, data)


@pytest.mark.django_db(transaction=True)
def test_everything_is_loaded_as_the_owner(rows, tmp_path):
    data = dump("testapp.customer", "testapp.order", all_tenants=True, reason="copy")
    with system_scope(reason="test"):
        Customer.objects.all().delete()
    load(tmp_path, data, all_tenants=True, reason="copy back")
    assert (names(rows[0]), names(rows[1])) == ({"customer of northwind"}, {"customer of contoso"})
