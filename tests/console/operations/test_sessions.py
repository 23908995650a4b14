"""Staff sessions: closed without one, open in time, on record for the tenant, ended by one click."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from console.operations import sessions
from console.operations.models import AuditEvent, StaffSession
from tenancy import TenantRefused, staff_scope, system_scope, tenant_scope
from tests.factories import make_user

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
