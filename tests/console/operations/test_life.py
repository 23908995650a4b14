"""A tenant's life in the console: only what is possible is offered; the purge needs two people."""

from __future__ import annotations

import zipfile
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from console.operations.models import Approval, AuditEvent, StaffSession
from console.workspace.models import TenantExport
from tenancy import lifecycle, system_scope
from tenancy.models import Invitation, Tenant, TenantPurge, UserTenantMembership
from tests.factories import make_membership


def dialog(client, tenant, name, **typed):
    where = reverse(f"admin:tenancy_tenant_{name}", args=[tenant.pk])
    return client.post(where, {"_form_submitted": "True", "reason": "ticket 7", **typed})


def offered(client, tenant):
    shown = client.get(reverse("admin:tenant_page", args=[tenant.pk]))
    entries = [item for entry in shown.context["page_actions"] for item in entry.get("items") or [entry]]
    return [item["path"].rstrip("/").rpartition("/")[2] for item in entries]


@pytest.fixture
def archived(tenant_a):
    with system_scope(reason="test"):
        lifecycle.archive_tenant(tenant_a, by=None, reason="left")
        Tenant.objects.filter(pk=tenant_a.pk).update(archived_at=timezone.now() - timedelta(days=31))
    return tenant_a


def test_a_state_offers_what_it_allows(root, tenant_a):
    always = ["open_session"]
    assert offered(root, tenant_a) == [*always, "suspend", "archive", "transfer_ownership", "export_everything"]
    dialog(root, tenant_a, "suspend")
    assert offered(root, tenant_a) == [
        *always,
        "suspend",
        "restore",
        "archive",
        "transfer_ownership",
    ]
    dialog(root, tenant_a, "archive")
    assert offered(root, tenant_a) == [*always, "restore", "purge"]
    with system_scope(reason="test"):
        Tenant.objects.filter(pk=tenant_a.pk).update(state="purged")
    assert offered(root, tenant_a) == []
    assert root.get(reverse("admin:tenancy_tenant_change", args=[tenant_a.pk])).status_code == 200


def test_an_open_session_is_not_offered_twice(root, tenant_a, tenant_b):
    assert "HX-Redirect" in dialog(root, tenant_a, "open_session", ticket="T-1")
    assert "open_session" not in offered(root, tenant_a)
    assert "open_session" in offered(root, tenant_b)
    form = root.get(reverse("admin:tenancy_tenant_change", args=[tenant_a.pk]))
    assert reverse("admin:tenancy_tenant_open_session", args=[tenant_a.pk]) not in form.content.decode()
    with system_scope(reason="test"):
        session = StaffSession.objects.get()
    root.post(reverse("admin:end_session", args=[session.pk]))
    assert "open_session" in offered(root, tenant_a)


def test_two_people_purge_a_tenant(root, archived, staff_client, django_capture_on_commit_callbacks):
    assert b"as it stands on its page" in dialog(root, archived, "purge", slug="other").content
    assert "HX-Redirect" in dialog(root, archived, "purge", slug=archived.slug)
    assert b"asked already" in dialog(root, archived, "purge", slug=archived.slug).content
    with system_scope(reason="test"):
        approval = Approval.objects.get()
        assert (approval.verb, approval.tenant_key) == ("tenant.purge", archived.pk)
        assert not TenantPurge.objects.exists()
    where = reverse("admin:operations_approval_approve", args=[approval.pk])
    form = {"_form_submitted": "True", "reason": "checked with the customer"}
    assert b"Whoever asks does not decide" in root.post(where, form).content
    other = staff_client("operations.view_approval", "operations.decide_approval")
    with django_capture_on_commit_callbacks(execute=True):
        assert "HX-Redirect" in other.post(where, form)
    with system_scope(reason="test"):
        purge = TenantPurge.objects.get()
        assert not UserTenantMembership.objects.filter(tenant=archived).exists()
        verbs = list(
            AuditEvent.objects.filter(tenant_key=archived.pk).order_by("id").values_list("verb", "actor_id")[1:]
        )
    assert (purge.ordered_by_id, purge.approved_by_id) == (root.user.pk, other.user.pk)
    assert verbs == [
        ("approval.asked", root.user.pk),
        ("approval.given", other.user.pk),
        ("tenant.purge_ordered", root.user.pk),
        ("tenant.purged", root.user.pk),
    ]
    report = root.get(reverse("admin:tenancy_tenantpurge_change", args=[purge.pk])).content.decode()
    assert "tenancy_usertenantmembership" in report
    assert "accounts left without a tenant" in report
    listed = reverse("admin:tenancy_tenantpurge_changelist")
    for text, count in ((str(archived.pk), 1), (str(purge.pk), 1), ("words", 0)):
        assert root.get(listed, {"q": text}).context["cl"].result_count == count, text


def test_an_approval_of_what_became_impossible_changes_nothing(root, archived, staff_client):
    dialog(root, archived, "purge", slug=archived.slug)
    with system_scope(reason="test"):
        lifecycle.restore_tenant(archived, by=None)
        approval = Approval.objects.get()
    other = staff_client("operations.view_approval", "operations.decide_approval")
    where = reverse("admin:operations_approval_approve", args=[approval.pk])
    refused = other.post(where, {"_form_submitted": "True", "reason": "checked"})
    assert b"Archive the tenant first" in refused.content
    with system_scope(reason="test"):
        assert Approval.objects.get().state == "asked"
        assert not TenantPurge.objects.exists()


def test_the_waiting_period_is_said_before_anybody_is_asked(root, tenant_a):
    dialog(root, tenant_a, "archive")
    assert b"The waiting period ends on" in dialog(root, tenant_a, "purge", slug=tenant_a.slug).content
    with system_scope(reason="test"):
        assert not Approval.objects.exists()


def test_ownership_moves_to_a_member(root, tenant_a):
    with system_scope(reason="test"):
        before = UserTenantMembership.objects.select_related("user").get(tenant=tenant_a, role="owner")
    new = make_membership(tenant_a)
    assert b"belongs to no member" in dialog(root, tenant_a, "transfer_ownership", to="x@y.test").content
    asleep = make_membership(tenant_a, is_active=False)
    assert b"Only an active member" in dialog(root, tenant_a, "transfer_ownership", to=asleep.user.email).content
    form = {"to": new.user.email.upper(), "step_down": before.user.email}
    assert "HX-Redirect" in dialog(root, tenant_a, "transfer_ownership", **form)
    with system_scope(reason="test"):
        roles = dict(UserTenantMembership.objects.filter(is_active=True).values_list("user_id", "role"))
        assert AuditEvent.objects.filter(verb="tenant.ownership_transferred").count() == 1
    assert (roles[new.user_id], roles[before.user_id]) == ("owner", "admin")


def test_an_export_is_ordered_for_the_owners(root, tenant_a, settings, tmp_path, django_capture_on_commit_callbacks):
    settings.MEDIA_ROOT = tmp_path
    with django_capture_on_commit_callbacks(execute=True):
        assert "HX-Redirect" in dialog(root, tenant_a, "export_everything")
    with system_scope(reason="test"):
        export = TenantExport.objects.get()
        ordered = AuditEvent.objects.get(verb="tenant.export_ordered")
    assert (export.tenant_id, export.state, export.requested_by_id) == (tenant_a.pk, "ready", root.user.pk)
    assert (ordered.actor_id, ordered.reason) == (root.user.pk, "ticket 7")


def test_the_command_line_writes_the_archive_of_an_archived_tenant(archived, tmp_path, capsys):
    target = tmp_path / "northwind.zip"
    call_command("export_tenant", tenant="northwind", output=str(target), reason="handed over")
    with zipfile.ZipFile(target) as archive:
        assert "manifest.json" in archive.namelist()
        assert b"Northwind" in archive.read("tenant.json")
    assert target.stat().st_mode & 0o077 == 0
    with pytest.raises(CommandError, match="exists"):
        call_command("export_tenant", tenant="northwind", output=str(target), reason="again")
    with system_scope(reason="test"):
        assert AuditEvent.objects.get(verb="tenant.exported").reason == "handed over"


def test_the_command_line_leads_a_life_too(tenant_a):
    new = make_membership(tenant_a)
    call_command("rename_tenant", tenant="northwind", name="Nordwind", reason="merger")
    call_command("transfer_ownership", tenant="northwind", to=new.user.email, reason="merger")
    with pytest.raises(CommandError, match="no member"):
        call_command("transfer_ownership", tenant="northwind", to="x@y.test", reason="merger")
    with pytest.raises(CommandError, match="repeat the slug"):
        call_command("purge_tenant", tenant="northwind", confirm="other", reason="end")
    with pytest.raises(CommandError, match="not_archived"):
        call_command("purge_tenant", tenant="northwind", confirm="northwind", reason="end")
    with system_scope(reason="test"):
        lifecycle.archive_tenant(tenant_a, by=None, reason="left")
        Tenant.objects.filter(pk=tenant_a.pk).update(archived_at=timezone.now() - timedelta(days=31))
    call_command("purge_tenant", tenant="northwind", confirm="northwind", reason="end", dry_run=True)
    with system_scope(reason="test"):
        assert not TenantPurge.objects.exists()
    call_command("purge_tenant", tenant="northwind", confirm="northwind", reason="end")
    with system_scope(reason="test"):
        assert TenantPurge.objects.get().reason == "end"
        assert UserTenantMembership.objects.get(pk=new.pk).role == "owner"


@pytest.mark.parametrize("name", ["transfer_ownership", "export_everything", "purge", "restore", "archive"])
def test_a_view_only_role_is_refused(staff_client, archived, name):
    client = staff_client("tenancy.view_tenant")
    answer = dialog(client, archived, name, slug=archived.slug, to="x@y.test")
    assert answer.status_code == 403
    assert offered(client, archived) == []


def test_a_dialog_leads_back_to_where_it_was_opened(root, tenant_a):
    where = reverse("admin:tenancy_tenant_suspend", args=[tenant_a.pk])
    page = reverse("admin:tenant_page", args=[tenant_a.pk])
    for opened_on, leads_to in (
        ("http://testserver/admin/people/x/?kind=act", "/admin/people/x/?kind=act"),
        ("https://evil.test/admin/", page),
        ("http://testserver/accounts/", page),
    ):
        form = {"_form_submitted": "True", "reason": opened_on}
        assert root.post(where, form, headers={"HX-Current-URL": opened_on})["HX-Redirect"] == leads_to


def test_a_tenant_is_made_with_an_invitation_of_its_owner(root, mailoutbox, django_capture_on_commit_callbacks):
    form = {"name": "Acme", "slug": "acme", "owner": "Nobody.Yet@example.test"}
    with django_capture_on_commit_callbacks(execute=True):
        root.post(reverse("admin:tenancy_tenant_add"), form)
    with system_scope(reason="test"):
        made = Tenant.objects.get(slug="acme")
        invited = Invitation.objects.get(tenant=made)
        assert (invited.email, invited.role, invited.is_open) == ("nobody.yet@example.test", "owner", True)
        verbs = list(AuditEvent.objects.filter(tenant_key=made.pk).order_by("id").values_list("verb", flat=True))
    assert verbs == ["tenant.created", "invitation.sent"]
    assert [message.to for message in mailoutbox] == [["nobody.yet@example.test"]]
