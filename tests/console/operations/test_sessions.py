"""Staff sessions: closed without one, open in time, on record for the tenant, ended by one click."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from console.operations import sessions
from console.operations.models import AuditEvent, StaffSession
from tenancy import TenantRefused, staff_scope, system_scope, tenant_scope
from tenancy.models import UserTenantMembership
from tests.factories import make_membership, make_user

KIND = {"kind": "workspace.contact"}


def open_it(client, tenant, **form):
    where = reverse("admin:tenancy_tenant_open_session", args=[tenant.pk])
    return client.post(where, {"_form_submitted": "True", "reason": "cannot import", "ticket": "T-7", **form})


@pytest.fixture
def support(staff_client):
    return staff_client(
        "tenancy.view_tenant", "operations.open_session", "operations.view_auditevent", "operations.browse_history"
    )


def test_records_open_with_a_session_and_close_with_it(support, tenant_a):
    trail = reverse("admin:audit_browser")
    assert b"open a staff session" in support.get(trail, KIND).content
    assert b"This field is required" in open_it(support, tenant_a, ticket="").content
    assert "HX-Redirect" in open_it(support, tenant_a)
    assert b"open already" in open_it(support, tenant_a).content
    shown = support.get(trail, {**KIND, "object": ""})
    assert b"open a staff session" not in shown.content
    assert b"Every page is recorded" in shown.content
    with system_scope(reason="test"):
        session = StaffSession.objects.get()
        assert timedelta(minutes=29) < session.expires_at - timezone.now() <= timedelta(minutes=30)
    where = reverse("admin:end_session", args=[session.pk])
    assert support.get(where).status_code == 405
    assert support.post(where).status_code == 302
    assert b"open a staff session" in support.get(trail, KIND).content


def test_a_session_ends_by_itself(support, tenant_a):
    open_it(support, tenant_a)
    with system_scope(reason="test"):
        StaffSession.objects.update(expires_at=timezone.now())
    assert b"open a staff session" in support.get(reverse("admin:audit_browser"), KIND).content


def test_pages_are_recorded_without_query_strings_and_the_tenant_reads_them(support, tenant_a, tenant_b):
    open_it(support, tenant_a)
    support.get(reverse("admin:tenant_page", args=[tenant_a.pk]), {"kind": "secret-words"})
    with tenant_scope(tenant_a):
        verbs = list(AuditEvent.objects.order_by("id").values_list("verb", flat=True))
        seen = AuditEvent.objects.filter(verb="staff_session.page_opened").latest("id")
    assert verbs[0] == "staff_session.opened"
    assert seen.details == {"route": "admin:tenant_page", "keys": {"key": str(tenant_a.pk)}, "method": "GET"}
    with tenant_scope(tenant_b):
        assert not AuditEvent.objects.exists()


def test_the_owner_reads_support_in_the_workspaces_log(support, tenant_a, client):
    """Opening, pages, acts and the end, each with who and why, on the page that the tenant's people have."""
    with system_scope(reason="test"):
        owner = UserTenantMembership.objects.select_related("user").get(tenant=tenant_a, role="owner")
    client.force_login(owner.user)
    open_it(support, tenant_a)
    support.get(reverse("admin:tenant_page", args=[tenant_a.pk]))
    with system_scope(reason="test"):
        session = StaffSession.objects.get()
    support.post(reverse("admin:end_session", args=[session.pk]))
    shown = client.get(f"/t/{tenant_a.slug}/activity/").content.decode()
    for words in ("cannot import", "T-7", f"admin:tenant_page (key {tenant_a.pk})"):
        assert words in shown, words
    with tenant_scope(tenant_a):
        verbs = list(AuditEvent.objects.order_by("id").values_list("verb", flat=True))
    assert [verb for verb in verbs if not verb.endswith("page_opened")] == [
        "staff_session.opened",
        "staff_session.ended",
    ]


def test_a_post_in_a_session_is_recorded_as_one(staff_client, tenant_a):
    client = staff_client(superuser=True)
    open_it(client, tenant_a)
    where = reverse("admin:tenancy_tenant_suspend", args=[tenant_a.pk])
    client.post(where, {"_form_submitted": "True", "reason": "unpaid"})
    with tenant_scope(tenant_a):
        acts = AuditEvent.objects.order_by("id")
        assert [act.details["method"] for act in acts if act.verb.endswith("page_opened")][-1] == "POST"
        assert acts.filter(verb="tenant.suspended", actor_id=client.user.pk).exists()


def test_pages_about_other_tenants_stay_out_of_this_ones_log(staff_client, tenant_a, tenant_b):
    client = staff_client(superuser=True)
    here, there = make_membership(tenant_a), make_membership(tenant_b)
    open_it(client, tenant_a)
    for member in (here, there):
        for name, key in (
            ("tenant_page", member.tenant_id),
            ("person_page", member.user_id),
            ("tenancy_tenant_change", member.tenant_id),
            ("accounts_user_change", member.user_id),
            ("tenancy_usertenantmembership_change", member.pk),
        ):
            assert client.get(reverse(f"admin:{name}", args=[key])).status_code == 200, name
    client.get(reverse("admin:tenancy_tenant_changelist"))
    with tenant_scope(tenant_a):
        pages = AuditEvent.objects.filter(verb="staff_session.page_opened").values_list("details", flat=True)
        found = [(page["route"].removeprefix("admin:"), *page["keys"].values()) for page in pages.order_by("id")]
    assert found == [
        ("tenant_page", str(tenant_a.pk)),
        ("person_page", str(here.user_id)),
        ("tenancy_tenant_change", str(tenant_a.pk)),
        ("accounts_user_change", str(here.user_id)),
        ("tenancy_usertenantmembership_change", str(here.pk)),
        ("tenancy_tenant_changelist",),
    ]


def test_the_banner_says_the_time_left_on_every_page(support, tenant_a, settings):
    settings.STAFF_SESSION_MINUTES = 12
    open_it(support, tenant_a)
    for name in ("index", "tenancy_tenant_changelist", "audit_browser"):
        shown = support.get(reverse(f"admin:{name}")).content.decode()
        assert "Every page is recorded" in shown
        assert "(11\xa0minutes)" in shown, name


def test_a_session_is_its_openers_alone_and_for_one_tenant(support, staff_client, tenant_a, tenant_b):
    open_it(support, tenant_a)
    other = staff_client("operations.open_session", "operations.view_auditevent", "operations.browse_history")
    assert b"open a staff session" in other.get(reverse("admin:audit_browser"), KIND).content
    with system_scope(reason="test"):
        session = StaffSession.objects.get()
        assert sessions.content_of(sessions.open_sessions(support.user)) == {tenant_a.pk}
    assert other.post(reverse("admin:end_session", args=[session.pk])).status_code == 404
    assert open_it(staff_client("tenancy.view_tenant"), tenant_a).status_code == 403


def test_a_session_needs_a_reason_and_a_ticket(tenant_a):
    actor = make_user(is_staff=True)
    with staff_scope(actor=actor, reason="test"), pytest.raises(TenantRefused) as refusal:
        sessions.open_session(tenant_a, by=actor, reason=" ", ticket="T-1")
    assert refusal.value.code == "reason_required"
