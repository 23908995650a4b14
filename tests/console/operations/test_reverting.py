"""As of any moment, and the way back: one field, one object, a deleted row; conflicts shown, nothing past the verbs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from console.operations.models import AuditEvent
from console.operations.sessions import open_session
from console.workspace.models import Contact, Note
from pii.models import Tombstone
from tenancy import audit, lifecycle, memberships, staff_scope, system_scope
from tenancy.models import Tenant, UserTenantMembership
from tests.factories import make_membership

MEMBER = "tenancy.usertenantmembership"
MAY = ("operations.revert_history", "operations.browse_history")


@pytest.fixture
def member(tenant_a):
    """A member whose title changed twice and whose role changed once, an hour apart."""
    start = timezone.now() - timedelta(hours=5)
    made = make_membership(tenant_a, title="CEO")
    with system_scope(reason="test"):
        for hours, change in enumerate(({"title": "CTO"}, {"title": "CFO"}), start=1):
            with audit.changing(by=None, at=start + timedelta(hours=hours)):
                memberships.change_details(made, by=None, reason=f"step {hours}", **change)
        memberships.change_role(made, "admin", by=None, reason="promoted")
        first = made.history.order_by("history_id").first()
        type(first).objects.none()  # the rows are append-only: moments are set by `changing`
    made.first = first
    return made


def revert_url(label, row):
    return reverse("admin:audit_revert", args=[label, row.history_id])


def newest(row):
    with system_scope(reason="test"):
        return row.history.order_by("-history_date", "-history_id").first()


def post(client, label, row, seen, *fields, reason="a mistake"):
    return client.post(revert_url(label, row), {"fields": fields, "seen": seen, "reason": reason}, follow=True)


def test_an_object_as_of_a_moment_stands_beside_the_present(root, tenant_a):
    past = timezone.now() - timedelta(days=3)
    with system_scope(reason="test"):
        with audit.changing(by=None, at=past):
            made = lifecycle.create_tenant(name="Before", slug="then", by=None)
        lifecycle.rename_tenant(made, name="After", by=root.user, reason="merger")
    where = reverse("admin:audit_object", args=["tenancy.tenant", made.pk])
    day = (past + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%S")
    shown = root.get(where, {"at": day}).content.decode()
    assert '<td class="console-diff-old">Before</td><td class="console-diff-new">After</td>' in shown
    assert "was not there yet" in root.get(where, {"at": "2001-01-01"}).content.decode()
    assert "wants a date" in root.get(where, {"at": "soon"}).content.decode()
    assert root.get(reverse("admin:audit_object", args=["tenancy.tenant", root.user.pk])).status_code == 404
    assert root.get(reverse("admin:audit_object", args=["no.model", made.pk])).status_code == 404


def test_the_newest_row_has_nothing_to_go_back_to_and_says_so(root, tenant_a):
    with system_scope(reason="test"):
        lifecycle.rename_tenant(tenant_a, name="Now", by=root.user, reason="merger")
    where = revert_url("tenancy.tenant", newest(tenant_a))
    assert root.get(where).status_code == 200
    assert (
        "Choose at least one field"
        in post(root, "tenancy.tenant", newest(tenant_a), newest(tenant_a).history_id).content.decode()
    )


def test_one_field_goes_back_by_its_verb_and_is_recorded_as_such(root, tenant_a):
    with system_scope(reason="test"):
        before = tenant_a.history.first()
        lifecycle.rename_tenant(tenant_a, name="Oops", slug="oops", by=None, reason="typo")
    shown = root.get(revert_url("tenancy.tenant", before)).content.decode()
    assert 'value="name" checked' in shown
    post(root, "tenancy.tenant", before, newest(tenant_a).history_id, "name")
    with system_scope(reason="test"):
        tenant_a.refresh_from_db()
        row = tenant_a.history.first()
        acts = list(AuditEvent.objects.order_by("id").values_list("verb", flat=True))[-2:]
        act = AuditEvent.objects.get(verb="history.reverted")
    assert (tenant_a.name, tenant_a.slug) == ("Northwind", "oops")
    assert (row.history_change_reason, row.history_user_id) == ("a mistake", root.user.pk)
    assert acts == ["tenant.renamed", "history.reverted"]
    assert act.details == {"to": before.history_id, "fields": ["name"]}


def test_conflicts_are_shown_and_a_stale_choice_is_refused(root, member):
    shown = root.get(revert_url(MEMBER, member.first)).content.decode()
    assert 'value="title" checked' not in shown
    assert "2 times, a conflict" in shown
    assert 'value="role" checked' in shown
    seen = newest(member).history_id
    with system_scope(reason="test"):
        memberships.change_details(member, by=None, title="COO")
    assert b"Meanwhile it was changed again" in post(root, MEMBER, member.first, seen, "role").content
    seen = newest(member).history_id
    assert b"Choose at least one" in post(root, MEMBER, member.first, seen).content
    post(root, MEMBER, member.first, seen, "title", "role")
    with system_scope(reason="test"):
        member.refresh_from_db()
        verbs = set(AuditEvent.objects.values_list("verb", flat=True))
    assert (member.title, member.role) == ("CEO", "member")
    assert {"membership.changed", "history.reverted"} & verbs == verbs & {"membership.changed", "history.reverted"}


def test_what_the_verb_refuses_is_refused_here_too(root, tenant_a):
    with system_scope(reason="test"):
        owner = UserTenantMembership.objects.get(tenant=tenant_a, role="owner")
        first = make_membership(tenant_a, role="member")
        memberships.change_role(first, "owner", by=None, reason="second")
        row = first.history.order_by("history_id").first()
        memberships.deactivate_membership(owner, by=None, reason="left")
    assert b"only active owner" in post(root, MEMBER, row, newest(first).history_id, "role").content
    with system_scope(reason="test"):
        other = lifecycle.create_tenant(name="Other", slug="other", by=None)
        before = other.history.first()
        lifecycle.rename_tenant(other, slug="moved", by=None, reason="x")
        lifecycle.create_tenant(name="Third", slug="other", by=None)
    assert b"is taken" in post(root, "tenancy.tenant", before, newest(other).history_id, "slug").content


def test_nobody_without_both_rights_and_nothing_that_was_erased(root, staff_client, tenant_a):
    with system_scope(reason="test"):
        before = tenant_a.history.first()
        lifecycle.rename_tenant(tenant_a, name="Oops", by=None, reason="typo")
    where = revert_url("tenancy.tenant", before)
    seen = {"fields": ["name"], "seen": newest(tenant_a).history_id, "reason": "x"}
    for rights in ((), MAY, ("tenancy.change_tenant", "operations.browse_history")):
        assert staff_client(*rights).get(where).status_code == 403
        assert staff_client(*rights).post(where, seen).status_code == 403
    assert staff_client(*MAY, "tenancy.change_tenant").get(where).status_code == 200
    with system_scope(reason="test"):
        invitation = reverse("admin:audit_revert", args=["tenancy.invitation", 1])
        Tombstone.objects.create(
            model="tenancy.tenant",
            key=str(tenant_a.pk),
            erased_at=timezone.now(),
            registry_hash="x",
            expires_at=timezone.now() + timedelta(days=9),
        )
    assert root.get(invitation).status_code == 404
    assert b"It was erased" in root.post(where, seen).content
    with system_scope(reason="test"):
        assert Tenant.objects.get(pk=tenant_a.pk).name == "Oops"


@pytest.fixture
def records(root, tenant_a):
    """A contact with a note, both deleted, and an open staff session."""
    with system_scope(reason="test"):
        contact = Contact.objects.create(tenant=tenant_a, first_name="Ada", last_name="L", email="ada@example.test")
        note = Note.objects.create(tenant=tenant_a, contact=contact, body="likes tea")
        keys = contact.pk, note.pk
        contact.delete()
        rows = [Contact.history.filter(id=keys[0]).first(), Note.history.filter(id=keys[1]).first()]
    assert [row.history_type for row in rows] == ["-", "-"]
    return rows


def test_a_deleted_row_returns_under_its_key_where_what_it_belongs_to_stands(root, tenant_a, records):
    contact, note = records
    assert root.get(revert_url("workspace.contact", contact)).status_code == 404  # no staff session
    with staff_scope(actor=root.user, reason="test"):
        open_session(tenant_a, by=root.user, reason="deleted by mistake", ticket="T-1")
    page = root.get(reverse("admin:audit_object", args=["workspace.contact", contact.id])).content.decode()
    assert revert_url("workspace.contact", contact) in page
    refused = post(root, "workspace.note", note, note.history_id)
    assert b"belongs to is gone" in refused.content
    post(root, "workspace.contact", contact, contact.history_id)
    post(root, "workspace.note", note, note.history_id)
    with system_scope(reason="test"):
        again = Note.objects.select_related("contact").get(pk=note.id)
        row = Contact.history.filter(id=contact.id).first()
        acts = AuditEvent.objects.filter(verb="history.restored").order_by("id")
        targets = list(acts.values_list("target_model", "tenant_key"))
    assert (again.body, again.contact.email, again.contact_id) == ("likes tea", "ada@example.test", contact.id)
    assert (row.history_type, row.history_change_reason) == ("+", "a mistake")
    assert targets == [("workspace.contact", tenant_a.pk), ("workspace.note", tenant_a.pk)]
