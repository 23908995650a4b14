"""What every attempt starts from: two tenants, B's rows with a sentinel word, and what was built in B's scope."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib.sessions.models import Session
from django.utils import timezone

from tenancy import system_scope, tenant_scope
from tenancy.models import Tenant
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
    b_link: OrderLabel
    built_in_b: Any
    form_in_b: Any
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
        b_link = OrderLabel.objects.create(order=b_order, label=b_label)
        built = Customer.objects.filter(name="Bee")
        form = picker()
        pickled = pickle.dumps(Customer.objects.filter(name="Bee").query)
    with tenant_scope(a):
        a_customer = Customer.objects.create(name="Ay", secret="plain")
        a_order = Order.objects.create(customer=a_customer, title="plain")
        a_label = Label.objects.create(word="plain")
    return World(
        a=a,
        b=b,
        a_customer=a_customer,
        b_customer=b_customer,
        a_order=a_order,
        b_order=b_order,
        a_label=a_label,
        b_label=b_label,
        b_link=b_link,
        built_in_b=built,
        form_in_b=form,
        pickled_in_b=pickled,
        stranger_id=stranger_id,
    )


def picker() -> type[forms.Form]:
    """A form that offers customers."""

    class Picker(forms.Form):
        customer = forms.ModelChoiceField(Customer.objects.all())

    return Picker


def fresh(instance: Any) -> Any:
    """The same row as another instance, as if it had come from elsewhere."""
    return pickle.loads(pickle.dumps(instance))
