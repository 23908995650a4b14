"""Attempts from inside tenant A at tenant B's rows, each by another route.

An attempt gets a `World`, acts in A's scope and returns what it saw (or nothing). Whether it leaked or corrupted is
judged from outside: by B's sentinel word in what it returned, and by what is in the tables afterwards.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core import serializers
from django.db import connection
from django.db.models import Exists, Max, OuterRef
from django.utils import timezone

from tenancy import system_scope, tenant_scope
from tenancy.models import Tenant, UserTenantMembership
from tests.testapp.models import Customer, Label, Order, OrderLabel

SENTINEL = "SENTINEL-OF-B"


@dataclass
class World:
    """Two tenants with a customer, an order and a label each; B's instances as they look when read in B."""

    a: Tenant
    b: Tenant
    a_customer: Customer
    b_customer: Customer
    a_order: Order
    b_order: Order
    a_label: Label
    b_label: Label
    built_in_b: Any
    pickled_in_b: bytes
    stranger_id: Any


ATTEMPTS: dict[str, Callable[[World], Any]] = {}


def attempt(function: Callable[[World], Any]) -> Callable[[World], Any]:
    ATTEMPTS[function.__name__] = function
    return function


def build_world(a: Tenant, b: Tenant, stranger_id: Any) -> World:
    with system_scope(reason="test"):
        Session.objects.create(session_key="s" * 32, session_data="x", expire_date=timezone.now())
        Authenticator.objects.create(user_id=stranger_id, type=Authenticator.Type.TOTP, data={"secret": SENTINEL})
    with tenant_scope(b):
        b_customer = Customer.objects.create(name="Bee", secret=SENTINEL)
        b_order = Order.objects.create(customer=b_customer, title=SENTINEL)
        b_label = Label.objects.create(word=SENTINEL)
        OrderLabel.objects.create(order=b_order, label=b_label)
        built = Customer.objects.filter(name="Bee")
        pickled = pickle.dumps(Customer.objects.filter(name="Bee").query)
    with tenant_scope(a):
        a_customer = Customer.objects.create(name="Ay", secret="plain")
        a_order = Order.objects.create(customer=a_customer, title="plain")
        a_label = Label.objects.create(word="plain")
    return World(a, b, a_customer, b_customer, a_order, b_order, a_label, b_label, built, pickled, stranger_id)


def fresh(instance: Any) -> Any:
    """The same row as another instance, as if it had come from elsewhere."""
    return pickle.loads(pickle.dumps(instance))


# Reads ---------------------------------------------------------------------------------------------------------------


@attempt
def read_all(w):
    return [c.secret for c in Customer.objects.all()]


@attempt
def read_get_by_key(w):
    return Customer.objects.get(pk=w.b_customer.pk).secret


@attempt
def read_exists(w):
    return SENTINEL if Customer.objects.filter(pk=w.b_customer.pk).exists() else None


@attempt
def read_count(w):
    return SENTINEL if Customer.objects.count() > 1 else None


@attempt
def read_aggregate(w):
    return Customer.objects.aggregate(Max("secret"))["secret__max"]


@attempt
def read_values_list(w):
    return list(Customer.objects.values_list("secret", flat=True))


@attempt
def read_in_bulk(w):
    return [c.secret for c in Customer.objects.in_bulk([w.b_customer.pk]).values()]


@attempt
def read_iterator(w):
    return [c.secret for c in Customer.objects.iterator(chunk_size=1)]


@attempt
def read_union(w):
    return [c.secret for c in Customer.objects.filter(name="Ay").union(w.built_in_b.all())]


@attempt
def read_or_with_foreign_queryset(w):
    return [c.secret for c in Customer.objects.filter(name="Ay") | w.built_in_b.all()]


@attempt
def read_lazy_queryset_built_in_b(w):
    return [c.secret for c in w.built_in_b.all()]


@attempt
def read_unpickled_query(w):
    queryset = Customer.objects.all()
    queryset.query = pickle.loads(w.pickled_in_b)
    return [c.secret for c in queryset]


@attempt
def read_subquery(w):
    return [o.title for o in Order.objects.filter(customer__in=Customer.objects.filter(secret=SENTINEL))]


@attempt
def read_correlated_exists(w):
    orders = Order.objects.filter(customer=OuterRef("pk"))
    return [c.secret for c in Customer.objects.filter(Exists(orders))]


@attempt
def read_lookup_oracle(w):
    return SENTINEL if Order.objects.filter(customer__secret__startswith="SENT").exists() else None


@attempt
def read_select_related(w):
    return [o.customer.secret for o in Order.objects.select_related("customer")]


@attempt
def read_prefetch(w):
    return [o.title for c in Customer.objects.prefetch_related("orders") for o in c.orders.all()]


@attempt
def read_reverse_relation_of_foreign_instance(w):
    return [o.title for o in fresh(w.b_customer).orders.all()]


@attempt
def read_refresh_from_db(w):
    instance = Customer(pk=w.b_customer.pk)
    instance._state.adding = False
    instance.refresh_from_db()
    return instance.secret


@attempt
def read_deferred_column(w):
    instance = Customer.from_db("default", ["id"], [w.b_customer.pk])
    return instance.secret


@attempt
def read_raw_queryset(w):
    return [c.secret for c in Customer.objects.raw("SELECT * FROM testapp_customer")]


@attempt
def read_cursor(w):
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM testapp_customer")
        return cursor.fetchall()


@attempt
def read_content_type(w):
    return ContentType.objects.get_for_model(Customer).get_object_for_this_type(pk=w.b_customer.pk).secret


@attempt
def read_other_tenant(w):
    return SENTINEL if Tenant.objects.filter(pk=w.b.pk).exists() else None


@attempt
def read_aggregate_from_tenant(w):
    return SENTINEL if Tenant.objects.filter(memberships__user_id=w.stranger_id).exists() else None


@attempt
def read_memberships_of_stranger(w):
    return SENTINEL if UserTenantMembership.objects.filter(user_id=w.stranger_id).exists() else None


@attempt
def read_strangers_account(w):
    return SENTINEL if get_user_model().objects.filter(pk=w.stranger_id).exists() else None


@attempt
def read_sessions(w):
    return SENTINEL if Session.objects.exists() else None


@attempt
def read_password_column(w):
    with connection.cursor() as cursor:
        cursor.execute("SELECT password FROM accounts_user")
        return SENTINEL if cursor.fetchall() else None


@attempt
def read_second_factors(w):
    with connection.cursor() as cursor:
        cursor.execute("SELECT data::text FROM mfa_authenticator")
        return cursor.fetchall()


@attempt
def read_with_bare_set_role(w):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE toc_wide")
        cursor.execute("SELECT secret FROM testapp_customer")
        return cursor.fetchall()


@attempt
def read_form_choices(w):
    class Picker(forms.Form):
        customer = forms.ModelChoiceField(Customer.objects.all())

    form = Picker({"customer": str(w.b_customer.pk)})
    return SENTINEL if form.is_valid() or str(w.b_customer.pk) in str(Picker()["customer"]) else None


@attempt
def read_through_model(w):
    return [row.label.word for row in OrderLabel.objects.select_related("label")]


# Writes --------------------------------------------------------------------------------------------------------------


@attempt
def write_save_foreign_instance(w):
    instance = fresh(w.b_customer)
    instance.name = "Taken"
    instance.save()


@attempt
def write_delete_foreign_instance(w):
    fresh(w.b_customer).delete()


@attempt
def write_save_forged_instance(w):
    instance = Customer(pk=w.b_customer.pk, name="Taken")
    instance._state.adding = False
    instance.save()


@attempt
def write_delete_forged_instance(w):
    Customer(pk=w.b_customer.pk, tenant_id=w.a.pk).delete()


@attempt
def write_update_by_key(w):
    Customer.objects.filter(pk=w.b_customer.pk).update(name="Taken")


@attempt
def write_update_all(w):
    Customer.objects.update(secret="gone")


@attempt
def write_delete_all(w):
    Customer.objects.all().delete()


@attempt
def write_raw_delete(w):
    queryset = Label.objects.all()
    queryset._raw_delete("default")


@attempt
def write_bulk_update(w):
    instance = fresh(w.b_customer)
    instance.name = "Taken"
    Customer.objects.bulk_update([instance], ["name"])


@attempt
def write_bulk_create_conflict(w):
    row = Customer(pk=w.b_customer.pk, tenant_id=w.a.pk, name="Taken")
    Customer.objects.bulk_create([row], update_conflicts=True, unique_fields=["id"], update_fields=["name"])


@attempt
def write_update_or_create(w):
    Customer.objects.update_or_create(pk=w.b_customer.pk, defaults={"name": "Taken"})


@attempt
def write_create_for_other_tenant(w):
    Customer.objects.create(name="Planted", tenant=w.b)


@attempt
def write_bulk_create_for_other_tenant(w):
    Customer.objects.bulk_create([Customer(name="Planted", tenant_id=w.b.pk)])


@attempt
def write_move_own_row(w):
    row = fresh(w.a_customer)
    row.tenant_id = w.b.pk
    row.save()


@attempt
def write_move_by_update(w):
    Label.objects.filter(pk=w.a_label.pk).update(tenant=w.b)


@attempt
def write_key_by_instance(w):
    order = fresh(w.a_order)
    order.customer = fresh(w.b_customer)
    order.save()


@attempt
def write_key_by_id(w):
    order = Order.objects.get(pk=w.a_order.pk)
    order.customer_id = w.b_customer.pk
    order.save()


@attempt
def write_create_with_foreign_key(w):
    Order.objects.create(customer_id=w.b_customer.pk, title="pointing")


@attempt
def write_update_key(w):
    Order.objects.filter(pk=w.a_order.pk).update(customer=w.b_customer.pk)


@attempt
def write_update_key_by_instance(w):
    Order.objects.filter(pk=w.a_order.pk).update(customer=fresh(w.b_customer))


@attempt
def write_bulk_create_with_foreign_key(w):
    Order.objects.bulk_create([Order(customer_id=w.b_customer.pk, title="pointing")])


@attempt
def write_reverse_add(w):
    fresh(w.a_customer).orders.add(fresh(w.b_order))


@attempt
def write_many_to_many_add(w):
    fresh(w.a_order).labels.add(fresh(w.b_label))


@attempt
def write_many_to_many_add_by_id(w):
    fresh(w.a_order).labels.add(w.b_label.pk)


@attempt
def write_many_to_many_clear(w):
    fresh(w.b_order).labels.clear()


@attempt
def write_through_row(w):
    OrderLabel.objects.create(order_id=w.b_order.pk, label_id=w.a_label.pk)


@attempt
def write_fixture(w):
    with system_scope(reason="another tenant's backup"):
        text = serializers.serialize("json", [w.b_customer]).replace("Bee", "Taken")
    for row in serializers.deserialize("json", text):
        row.save()


@attempt
def write_validated_form(w):
    class OrderForm(forms.ModelForm):
        class Meta:
            model = Order
            fields = ("customer", "title")

    form = OrderForm({"customer": str(w.b_customer.pk), "title": "pointing"})
    if form.is_valid():
        form.save()


@attempt
def write_clean_passes(w):
    order = Order(tenant_id=w.a.pk, customer_id=w.b_customer.pk, title="pointing")
    order.full_clean(exclude=["tenant"])
    return SENTINEL


@attempt
def write_cursor_update(w):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE testapp_customer SET name = 'Taken' || id::text")


@attempt
def write_cursor_delete(w):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM testapp_orderlabel")


@attempt
def write_cursor_insert(w):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO testapp_label (id, tenant_id, word) VALUES (gen_random_uuid(), %s, 'planted')", [w.b.pk]
        )


@attempt
def write_truncate(w):
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE testapp_orderlabel")


@attempt
def write_temporary_shadow(w):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE testapp_customer (id uuid)")
    return SENTINEL


@attempt
def write_own_membership_of_stranger(w):
    UserTenantMembership.objects.filter(tenant_id=w.b.pk).update(role="viewer")
