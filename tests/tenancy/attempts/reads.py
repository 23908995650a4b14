"""Reads through the ORM."""

from __future__ import annotations

import pickle

from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, Max, OuterRef
from django.db.models.signals import post_save

from tenancy import tenant_scope
from tenancy.models import Tenant, UserTenantMembership
from tests.testapp.models import Customer, Order, OrderLabel

from .world import SENTINEL, attempt, fresh


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
def read_through_model(w):
    return [row.label.word for row in OrderLabel.objects.select_related("label")]


@attempt
def read_forward_key_of_a_corrupt_row(w):
    order = fresh(w.a_order)
    order.customer_id = w.b_customer.pk
    return order.customer.secret


@attempt
def read_aggregate_over_a_join(w):
    return Customer.objects.aggregate(Max("orders__title"), Max("orders__labels__word"))


@attempt
def read_iterator_made_in_b(w):
    with tenant_scope(w.b):
        rows = Customer.objects.iterator(chunk_size=1)
    return [c.secret for c in rows]


@attempt
def read_content_types_rows(w):
    return [c.secret for c in ContentType.objects.get_for_model(Customer).get_all_objects_for_this_type()]


@attempt
def read_edited_object_of_a_log_entry(w):
    entry = LogEntry(content_type=ContentType.objects.get_for_model(Customer), object_id=str(w.b_customer.pk))
    return entry.get_edited_object().secret


@attempt
def read_in_a_signals_receiver(w):
    seen = []

    def look(**kwargs):
        seen.extend(Customer.objects.values_list("secret", flat=True))

    post_save.connect(look, sender=Customer)
    try:
        fresh(w.a_customer).save()
    finally:
        post_save.disconnect(look, sender=Customer)
    return seen
