"""What wall 1 answers to a write that names another tenant's row by its key: the answer for an absent one."""

from __future__ import annotations

import uuid

import pytest
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import include, path

from tenancy import tenant_scope
from tenancy.decorators import require_tenant_access
from tenancy.exceptions import KeyNotFree, NotInScope
from tests.factories import make_membership
from tests.testapp.models import Customer


@require_tenant_access
def save(request, key):
    row = Customer(pk=key, name="typed")
    row._state.adding = False
    row.save()
    return HttpResponse("saved")


@require_tenant_access
def delete(request, key):
    Customer(pk=key, tenant=request.tenant).delete()
    return HttpResponse("deleted")


@require_tenant_access
def create(request, key):
    Customer.objects.create(pk=key, name="typed")
    return HttpResponse("created")


urlpatterns = [
    path("save/<uuid:key>/", save),
    path("delete/<uuid:key>/", delete),
    path("create/<uuid:key>/", create),
    path("", include("console.urls")),  # error pages link to the project's own
]


@pytest.fixture
def rows(tenant_a, tenant_b):
    """A customer of each tenant."""
    made = []
    for tenant in (tenant_a, tenant_b):
        with tenant_scope(tenant):
            made.append(Customer.objects.create(name=tenant.slug))
    return made


@pytest.fixture
def client(tenant_a):
    client = Client()
    client.force_login(make_membership(tenant_a, role="owner").user)
    return client


@pytest.mark.urls(__name__)
@pytest.mark.django_db(transaction=True)  # a failed write ends its own transaction, as in a request
@pytest.mark.parametrize("verb", ["save", "delete"])
def test_a_write_to_a_foreign_row_is_the_404_of_an_absent_one(rows, client, verb):
    def ask(key):
        response = client.get(f"/t/northwind/{verb}/{key}/")
        return response.status_code, response.content.replace(str(key).encode(), b"")

    assert ask(rows[1].pk) == ask(uuid.uuid4())
    assert ask(rows[1].pk)[0] == 404
    assert client.get(f"/t/northwind/{verb}/{rows[0].pk}/").status_code == 200


@pytest.mark.urls(__name__)
@pytest.mark.django_db(transaction=True)  # a failed write ends its own transaction, as in a request
def test_a_new_row_under_a_taken_key_does_not_say_whose_the_key_is(rows, client):
    """One key is one row in the whole table, so that a taken key cannot be free; but never a 500, nor whose it is."""

    def ask(key):
        response = client.get(f"/t/northwind/create/{key}/")
        return response.status_code, response.content.replace(str(key).encode(), b"")

    assert ask(rows[0].pk) == ask(rows[1].pk)
    assert ask(rows[1].pk)[0] == 404
    assert ask(uuid.uuid4()) == (200, b"created")


@pytest.mark.parametrize(
    "write",
    [
        lambda key: Customer(pk=key, name="typed").save(),
        lambda key: Customer.objects.create(pk=key, name="typed"),
        lambda key: Customer.objects.bulk_create([Customer(pk=key, name="typed")]),
    ],
    ids=["save", "create", "bulk_create"],
)
def test_every_way_to_insert_answers_alike_for_own_and_foreign_keys(rows, tenant_a, write):
    said = []
    for row in rows:
        with tenant_scope(tenant_a), pytest.raises(KeyNotFree) as error, transaction.atomic():
            write(row.pk)
        assert str(row.pk) not in str(error.value)
        said.append(str(error.value))
    assert said[0] == said[1]


def test_what_stock_code_catches_is_still_raised(rows, tenant_a):
    with tenant_scope(tenant_a):
        with pytest.raises(IntegrityError), transaction.atomic():
            Customer.objects.get_or_create(pk=rows[1].pk, defaults={"name": "typed"})
        with pytest.raises(IntegrityError) as other, transaction.atomic():
            Customer.objects.create(name="northwind")  # unique in the tenant: an ordinary violation, told as such
        assert not isinstance(other.value, NotInScope)
        forged = Customer(pk=rows[1].pk, name="typed")
        forged._state.adding = False
        with pytest.raises(Customer.DoesNotExist):
            forged.save()
