"""Verbs of a tenant's life."""

from __future__ import annotations

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from tenancy import TenantRefused, jobs, lifecycle, system_scope
from tenancy.models import Tenant, TenantState, UserTenantMembership
from tests.factories import make_user


@pytest.fixture(autouse=True)
def system(db):
    with system_scope(reason="test"):
        yield


def test_a_tenant_is_made_with_its_first_owner():
    owner = make_user()
    tenant = lifecycle.create_tenant(name=" Acme ", slug="acme", owner=owner, by=None)
    assert (tenant.name, tenant.state, tenant.is_active) == ("Acme", TenantState.ACTIVE, True)
    assert UserTenantMembership.objects.get(tenant=tenant).role == "owner"


@pytest.mark.parametrize("slug", ["admin", "Acme", "a_b", "-a", ""])
def test_a_slug_has_a_form_and_some_are_reserved(slug):
    with pytest.raises(ValidationError):
        lifecycle.create_tenant(name="Acme", slug=slug, by=None)
    assert not Tenant.objects.exists()


def test_a_taken_slug_is_refused(tenant_a, tenant_b):
    with pytest.raises(TenantRefused) as refusal:
        lifecycle.create_tenant(name="X", slug=tenant_a.slug, by=None)
    assert refusal.value.code == "slug_taken"
    with pytest.raises(TenantRefused):
        lifecycle.rename_tenant(tenant_a, slug=tenant_b.slug, by=None, reason="r")
    renamed = lifecycle.rename_tenant(tenant_a, name="New", slug="new-name", by=None, reason="r")
    assert (renamed.name, renamed.slug) == ("New", "new-name")


def test_suspension_has_a_reason_and_may_end_by_itself(tenant_a):
    for bad, code in (({"reason": " "}, "reason_required"), ({"until": timezone.now()}, "until_in_the_past")):
        with pytest.raises(TenantRefused) as refusal:
            lifecycle.suspend_tenant(tenant_a, **{"by": None, "reason": "unpaid", **bad})
        assert refusal.value.code == code
    until = timezone.now() + datetime.timedelta(hours=1)
    suspended = lifecycle.suspend_tenant(tenant_a, by=None, reason="unpaid", until=until)
    assert (suspended.is_active, suspended.suspended_reason) == (False, "unpaid")
    jobs.run(jobs.Order("tenancy.lift_ended_suspensions", "0"))
    assert Tenant.objects.get(pk=tenant_a.pk).state == TenantState.SUSPENDED
    Tenant.objects.filter(pk=tenant_a.pk).update(suspended_until=timezone.now())
    jobs.run(jobs.Order("tenancy.lift_ended_suspensions", "0"))
    restored = Tenant.objects.get(pk=tenant_a.pk)
    assert (restored.state, restored.suspended_reason, restored.suspended_until) == (TenantState.ACTIVE, "", None)


def test_archive_and_restore(tenant_a):
    lifecycle.archive_tenant(tenant_a, by=None, reason="left")
    assert lifecycle.archive_tenant(tenant_a, by=None, reason="left").state == TenantState.ARCHIVED
    with pytest.raises(TenantRefused, match="restore"):
        lifecycle.suspend_tenant(tenant_a, by=None, reason="x")
    owner = UserTenantMembership.objects.get(tenant=tenant_a)
    owner.is_active = False
    owner.save()
    with pytest.raises(TenantRefused) as refusal:
        lifecycle.restore_tenant(tenant_a, by=None)
    assert refusal.value.code == "no_owner"
    owner.is_active = True
    owner.save()
    assert lifecycle.restore_tenant(tenant_a, by=None).is_active
    assert lifecycle.restore_tenant(tenant_a, by=None).is_active
