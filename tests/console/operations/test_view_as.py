"""Looking through a member's eyes: read-only, one tenant, both people on record, ended by one click."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from console.operations.models import AuditEvent, StaffSession
from console.workspace.models import Contact, TenantExport
from tenancy import system_scope, tenant_scope
from tests.factories import make_membership, make_user

BANNER = b"Nothing can be changed; every page is recorded."
FORM = {"_form_submitted": "True", "reason": "sees no contacts", "ticket": "T-9"}


@pytest.fixture
def staff(staff_client):
    permissions = ("view_as_member", "open_session")
    return staff_client("tenancy.view_usertenantmembership", *(f"operations.{name}" for name in permissions))


def start(client, membership):
    return client.post(reverse("admin:tenancy_usertenantmembership_view_as", args=[membership.pk]), FORM)


@pytest.fixture
def member(tenant_a):
    return make_membership(tenant_a, make_user("member@example.test"), role="owner")


def test_the_workspace_is_seen_with_a_banner_and_nothing_is_written(staff, member, tenant_a):
    assert "HX-Redirect" in start(staff, member)
    shown = staff.get("/t/northwind/contacts/")
    assert (shown.status_code, BANNER in shown.content) == (200, True)
    assert shown.content.index(b"<body") < shown.content.index(BANNER)
    for path in ("contacts/new/", "members/invite/", "members/leave/"):
        assert staff.post(f"/t/northwind/{path}", {"email": "x@y.test"}).status_code == 403, path
    with system_scope(reason="test"):
        assert not Contact.objects.exists()
        verbs = list(AuditEvent.objects.order_by("id").values_list("verb", "actor_id", "tenant_key"))
        page = AuditEvent.objects.get(verb="view_as.page_opened")
    assert verbs == [(verb, staff.user.pk, tenant_a.pk) for verb in ("view_as.started", "view_as.page_opened")]
    assert page.details == {"route": "workspace_contacts", "keys": {}, "as": str(member.user_id)}


def test_account_pages_and_the_members_other_tenants_stay_closed(staff, member, tenant_b):
    make_membership(tenant_b, member.user)
    start(staff, member)
    for path in ("/accounts/profile/", "/accounts/email/", "/t/contoso/contacts/", "/organisations/"):
        answer = staff.get(path, follow=True)
        assert answer.status_code == 403, path
        assert b"contoso" not in answer.content.lower().replace(path.encode(), b""), path
    assert staff.get(reverse("admin:tenancy_usertenantmembership_changelist")).status_code == 200


def test_never_staff_never_stacked_never_inactive(staff, member, tenant_a):
    colleague = make_membership(tenant_a, make_user(is_staff=True))
    assert b"eyes of staff" in start(staff, colleague).content
    asleep = make_membership(tenant_a, is_active=False)
    assert b"Only an active member" in start(staff, asleep).content
    start(staff, member)
    assert b"end that first" in start(staff, make_membership(tenant_a)).content


def test_one_click_ends_it_and_so_does_a_revoked_right(staff, member):
    start(staff, member)
    with system_scope(reason="test"):
        session = StaffSession.objects.get()
    staff.post(reverse("admin:end_session", args=[session.pk]))
    assert staff.get("/t/northwind/contacts/").status_code == 404
    start(staff, member)
    assert staff.get("/t/northwind/contacts/").status_code == 200
    with system_scope(reason="test"):
        staff.user.user_permissions.remove(Permission.objects.get(codename="view_as_member"))
    assert staff.get("/t/northwind/contacts/").status_code == 404


def test_it_needs_its_permission_and_opens_no_records_in_the_admin(staff_client, staff, member):
    assert start(staff_client("tenancy.view_usertenantmembership"), member).status_code == 403
    start(staff, member)
    with system_scope(reason="test"):
        from console.operations import sessions

        assert sessions.content_of(sessions.open_sessions(staff.user)) == frozenset()


def test_a_look_ends_by_itself(staff, member):
    start(staff, member)
    assert staff.get("/t/northwind/contacts/").status_code == 200
    with system_scope(reason="test"):
        StaffSession.objects.update(expires_at=timezone.now())
    assert staff.get("/t/northwind/contacts/").status_code == 404


def test_every_method_but_reading_is_refused_everywhere_in_the_workspace(staff, member):
    start(staff, member)
    for method in ("post", "put", "patch", "delete"):
        for path in ("", "contacts/", "settings/members/", "export/", "members/"):
            answer = getattr(staff, method)(f"/t/northwind/{path}")
            assert answer.status_code == 403, (method, path)


def test_what_a_look_records_names_the_one_who_looks(staff, member, tenant_a, settings, tmp_path):
    """A download is an act, too: of the member of staff, with the member beside them, never of the member."""
    settings.MEDIA_ROOT = tmp_path
    with tenant_scope(tenant_a):
        export = TenantExport.objects.create(state="ready", file=ContentFile(b"PK", name="a.zip"))
    start(staff, member)
    answer = staff.get(f"/t/northwind/export/{export.pk}/", follow=True)
    assert answer.getvalue() == b"PK"
    with system_scope(reason="test"):
        act = AuditEvent.objects.get(verb="tenant.export_downloaded")
        assert not AuditEvent.objects.filter(actor_id=member.user_id).exists()
    who = staff.user
    assert (act.actor_id, act.actor_address) == (who.pk, who.email)
    assert act.details["as"] == str(member.user_id)


def test_the_banner_stands_on_every_page_first_in_the_body(staff, member):
    start(staff, member)
    for path in ("", "contacts/", "members/", "activity/", "settings/"):
        shown = staff.get(f"/t/northwind/{path}", follow=True)
        assert shown.content.count(BANNER) == 1, path
        assert shown.content.index(BANNER) < shown.content.index(b"<main"), path
    assert BANNER not in staff.get(reverse("admin:index")).content
