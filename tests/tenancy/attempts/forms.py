"""Forms, validation and fixtures."""

from __future__ import annotations

from django import forms
from django.core import serializers

from tenancy import system_scope
from tests.testapp.models import Customer, Order

from .world import SENTINEL, attempt, picker


@attempt
def read_form_choices(w):
    return offered(w, picker())


@attempt
def read_form_built_in_b(w):
    return offered(w, w.form_in_b)


def offered(w, form):
    """Whether the form takes B's key or has it among its options."""
    taken = form({"customer": str(w.b_customer.pk)}).is_valid()
    return SENTINEL if taken or str(w.b_customer.pk) in str(form()["customer"]) else None


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
def write_formset_with_foreign_key(w):
    formset = forms.modelformset_factory(Customer, fields=["name"], extra=0)(
        {
            "form-TOTAL_FORMS": "1",
            "form-INITIAL_FORMS": "1",
            "form-0-id": str(w.b_customer.pk),
            "form-0-name": "Taken",
        }
    )
    if formset.is_valid():
        formset.save()
