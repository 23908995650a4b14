"""Writes through the ORM."""

from __future__ import annotations

from django.db.models.deletion import Collector

from tenancy.models import UserTenantMembership
from tests.testapp.models import Customer, Label, Order, OrderLabel

from .world import attempt, fresh


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
def write_own_membership_of_stranger(w):
    UserTenantMembership.objects.filter(tenant_id=w.b.pk).update(role="viewer")


@attempt
def write_get_or_create_by_key(w):
    Customer.objects.get_or_create(pk=w.b_customer.pk, defaults={"name": "Taken"})


@attempt
def write_create_with_taken_key(w):
    Customer.objects.create(pk=w.b_customer.pk, name="Taken")


@attempt
def write_bulk_create_with_taken_key(w):
    Customer.objects.bulk_create([Customer(pk=w.b_customer.pk, name="Taken")])


@attempt
def write_many_to_many_set(w):
    fresh(w.a_order).labels.set([fresh(w.b_label)])


@attempt
def write_many_to_many_set_by_id(w):
    fresh(w.a_order).labels.set([w.b_label.pk])


@attempt
def write_collector(w):
    collector = Collector(using="default")
    collector.collect([fresh(w.b_link)])
    collector.delete()
