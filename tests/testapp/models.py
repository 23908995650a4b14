"""Customers, their orders, and labels on orders: the usual relations, all of tenants."""

from __future__ import annotations

from django.db import models

from tenancy.models import TenantOwnedModel
from tenancy.uniques import unique_in_tenant


class Customer(TenantOwnedModel):
    name = models.CharField(max_length=100)
    secret = models.CharField(max_length=100, blank=True)

    class Meta(TenantOwnedModel.Meta):
        constraints = [unique_in_tenant("name", name="testapp_customer_name")]


class Label(TenantOwnedModel):
    word = models.CharField(max_length=50)

    class Meta(TenantOwnedModel.Meta):
        pass


class Order(TenantOwnedModel):
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="orders")
    title = models.CharField(max_length=100)
    labels = models.ManyToManyField(Label, through="OrderLabel", related_name="orders")

    class Meta(TenantOwnedModel.Meta):
        pass


class OrderLabel(TenantOwnedModel):
    order = models.ForeignKey(Order, on_delete=models.CASCADE)
    label = models.ForeignKey(Label, on_delete=models.CASCADE)

    class Meta(TenantOwnedModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "order", "label"], name="testapp_orderlabel_once")]
