"""The checks of forms, filtersets and admin classes are shown to fire, and to be silent on this project."""

from __future__ import annotations

import django_filters
import pytest
from django import forms
from django.contrib import admin
from django.core.checks import Error, Warning

from tenancy import page_checks, system_scope
from tenancy.models import Tenant
from tests.testapp.models import Customer, Order


def ids(found):
    return [message.id for message in found]


def test_this_project_gives_no_check_a_reason():
    assert page_checks.check_forms(None) == []
    assert page_checks.check_filtersets(None) == []
    assert page_checks.check_admin(None) == []


def test_e007_rows_of_one_tenant_in_a_form_for_all(tenant_a):
    with system_scope(reason="test"):
        fetched = Customer.objects.all()
        list(fetched)
    holder = type("Early", (forms.Form,), {"customer": forms.ModelChoiceField(Customer.objects.all())})
    try:
        assert page_checks.check_forms(None) == []
        holder.base_fields["customer"]._queryset = fetched  # what a module does that lists it while it is imported
        assert ids(page_checks.check_forms(None)) == ["tenancy.E007"]
    finally:
        holder.base_fields.clear()


def test_e008_the_same_in_a_filterset(tenant_a):
    with system_scope(reason="test"):
        fetched = Customer.objects.all()
        list(fetched)
    offered = django_filters.ModelChoiceFilter(queryset=Customer.objects.all())
    holder = type("Early", (django_filters.FilterSet,), {"customer": offered})
    try:
        assert page_checks.check_filtersets(None) == []
        holder.base_filters["customer"].queryset = fetched
        assert ids(page_checks.check_filtersets(None)) == ["tenancy.E008"]
    finally:
        holder.base_filters.clear()


@pytest.fixture
def site(monkeypatch):
    """An admin site of a project's own, seen by the check beside nothing else."""
    stock = admin.AdminSite("theirs")
    monkeypatch.setattr("tenancy.sites.all_sites", [stock])
    return stock


def test_e010_rows_of_tenants_on_a_site_without_scope(site, settings):
    site.register(Tenant)
    assert page_checks.check_admin(None) == []
    site.register(Customer)
    [found] = page_checks.check_admin(None)
    assert (found.id, type(found), found.obj) == ("tenancy.E010", Error, Customer)
    settings.TENANCY = {**settings.TENANCY, "ENFORCEMENT": "observe"}
    assert type(page_checks.check_admin(None)[0]) is Warning
    site.opens_scope = True
    assert page_checks.check_admin(None) == []


@pytest.mark.parametrize(
    ("options", "count"),
    [
        ({"autocomplete_fields": ["customer"]}, 0),
        ({"raw_id_fields": ["customer"]}, 0),
        ({"readonly_fields": ["customer"]}, 0),
        ({"exclude": ["customer"]}, 0),
        ({"fields": ["title"]}, 0),
        ({"fields": [("title", "customer")]}, 1),
        ({"fieldsets": [(None, {"fields": ["customer"]})]}, 1),
        ({}, 1),
        ({"fields": ["title"], "list_filter": ["customer"]}, 1),
        ({"fields": ["title"], "list_filter": [("customer", admin.RelatedOnlyFieldListFilter)]}, 1),
        ({"fields": ["title"], "list_filter": [("customer", admin.EmptyFieldListFilter), "customer__name"]}, 0),
        ({"fields": ["title"], "list_filter": ["title", "tenant"]}, 0),
    ],
)
def test_w011_rows_of_every_tenant_as_options(site, options, count):
    site.opens_scope = True
    site.register(Order, type("Page", (admin.ModelAdmin,), options))
    assert ids(page_checks.check_admin(None)) == ["tenancy.W011"] * count
