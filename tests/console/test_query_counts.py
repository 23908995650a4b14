"""What each page of the admin costs in queries: pinned, and the same for one row as for many."""

from __future__ import annotations

import pytest
from django.contrib.admin.sites import site
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse

from tenancy import system_scope
from tenancy.models import Invitation, UserTenantMembership
from tests.factories import make_membership, make_tenant
from tests.fleet import fleet

LISTS = {
    "tenancy.UserTenantMembership": 4,
    "accounts.User": 6,
    "auth.Group": 4,
    "account.EmailAddress": 5,
    "mfa.Authenticator": 4,
    "usersessions.UserSession": 4,
    "members.MemberImport": 4,
    "operations.Approval": 4,
    "tenancy.Invitation": 5,
    "console.JobRun": 4,
    "procrastinate.ProcrastinateJob": 4,
    "pii.DataRequest": 4,
    "pii.LegalHold": 4,
    "pii.Reappearance": 4,
    "pii.Restriction": 4,
    "pii.Reveal": 4,
    "workspace.Contact": 4,
    "tenancy.Tenant": 4,
    "operations.AuditEvent": 4,
    "tenancy.ObservedAccess": 8,
    "tenancy.PlatformSettings": 4,
    "tenancy.TenantPurge": 4,
    "operations.BulkRun": 4,
    "operations.BulkRow": 4,
}
PAGES = {
    "tenancy_tenant_change": 6,
    "tenancy_tenant_history": 6,
    "tenancy_usertenantmembership_change": 8,
    "tenancy_usertenantmembership_history": 7,
    "accounts_user_change": 10,
    "accounts_user_history": 7,
    "tenancy_invitation_change": 6,
    "tenancy_tenant_add": 3,
    "tenancy_usertenantmembership_add": 3,
    "accounts_user_add": 4,
    "tenancy_invitation_add": 3,
    "index": 3,
    "trail": 12,
    "trail_of_a_tenant": 9,
    "trail_of_a_person": 8,
    "trail_of_a_part_of_a_reason": 21,
}


def cost(client, address):
    client.get(address)  # what is cached for a while is cached now
    with CaptureQueriesContext(connection) as queries:
        response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    return len(queries)


def lists():
    """The address of every list of the admin, by model."""
    for model in site._registry:
        try:
            yield model._meta.label, reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        except NoReverseMatch:
            continue


def pages(tenant, person):
    """The pages that support lives on."""
    with system_scope(reason="test"):
        membership = UserTenantMembership.objects.filter(tenant=tenant).order_by("pk").first()
        invitation = Invitation.objects.filter(tenant=tenant).first()
    for name, row in (
        ("tenancy_tenant", tenant),
        ("tenancy_usertenantmembership", membership),
        ("accounts_user", person),
    ):
        yield f"{name}_change", reverse(f"admin:{name}_change", args=[row.pk])
        yield f"{name}_history", reverse("admin:audit_object", args=[row._meta.label_lower, row.pk])
    yield "tenancy_invitation_change", reverse("admin:tenancy_invitation_change", args=[invitation.pk])
    for name in ("tenancy_tenant", "tenancy_usertenantmembership", "accounts_user", "tenancy_invitation"):
        try:
            yield f"{name}_add", reverse(f"admin:{name}_add")
        except NoReverseMatch:
            continue
    yield "index", reverse("admin:index")
    yield "trail", reverse("admin:audit_browser")
    yield "trail_of_a_tenant", reverse("admin:audit_browser") + f"?tenant={tenant.slug}"
    yield "trail_of_a_person", reverse("admin:audit_browser") + f"?person={person.pk}"
    yield "trail_of_a_part_of_a_reason", reverse("admin:audit_browser") + "?reason=art"


@pytest.fixture
def populated(tenant_a, tenant_b, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    fleet(tenant_a, tenant_b)
    return tenant_a


def add_more(tenant):
    """More rows of what the lists and pages show."""
    for number in range(8):
        make_membership(tenant, role="member")
        make_membership(make_tenant(f"more-{number}"), role="owner")


def found(client, tenant):
    with system_scope(reason="test"):
        person = UserTenantMembership.objects.filter(tenant=tenant, role="owner").first().user
    return {name: cost(client, address) for name, address in lists()}, {
        name: cost(client, address) for name, address in pages(tenant, person)
    }


def test_every_page_costs_what_is_written_here(populated, root):
    lists_now, pages_now = found(root, populated)
    assert lists_now == LISTS
    assert pages_now == PAGES


def test_more_rows_cost_no_more_queries(populated, root):
    add_more(populated)
    assert found(root, populated) == (LISTS, PAGES)
