"""The append-only table of acts."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from console.operations.models import AuditEvent
from console.operations.sessions import open_session
from tenancy import audit, staff_scope, system_scope, tenant_scope
from tests.factories import make_membership, make_user


def test_an_act_is_kept_with_the_actors_address_of_that_moment(tenant_a):
    actor = make_user("before@example.test")
    with tenant_scope(tenant_a):
        audit.record("tenant.visited", by=actor, tenant=tenant_a, target=tenant_a, reason="ticket 7")
    actor.email = "after@example.test"
    with system_scope(reason="test"):
        actor.save()
        event = AuditEvent.objects.get(verb="tenant.visited")
    assert (event.actor_id, event.actor_address) == (actor.pk, "before@example.test")
    assert (event.tenant_key, event.target_id, event.reason) == (tenant_a.pk, str(tenant_a.pk), "ticket 7")


def test_an_act_is_never_changed_through_the_model(db):
    audit.record("a.b", by=None)
    with system_scope(reason="test"):
        event = AuditEvent.objects.get()
        event.verb = "c.d"
        with pytest.raises(TypeError):
            event.save()
        with pytest.raises(TypeError):
            event.delete()


def test_the_list_of_acts_names_the_tenant_where_the_viewer_may_see_it(root, staff_client, tenant_a):
    gone = uuid4()
    with system_scope(reason="test"):
        audit.record("tenant.visited", by=None, tenant=tenant_a, target=tenant_a)
        AuditEvent.objects.create(at=timezone.now(), verb="tenant.purged", tenant_key=gone)
        key = AuditEvent.objects.get(verb="tenant.visited").pk
    where = reverse("admin:operations_auditevent_changelist")
    link = f'href="{reverse("admin:tenant_page", args=[tenant_a.pk])}">{tenant_a.name}</a>'
    listed = root.get(where).content.decode()
    assert link in listed
    assert str(gone) in listed
    assert link in root.get(reverse("admin:operations_auditevent_change", args=[key])).content.decode()
    narrow = staff_client("operations.view_auditevent").get(where).content.decode()
    assert str(tenant_a.pk) in narrow
    assert tenant_a.name not in narrow


def act(key):
    return reverse("admin:operations_auditevent_change", args=[key])


def test_a_member_who_acted_is_masked_and_a_colleague_is_not(root, staff_client, tenant_a):
    member = make_membership(tenant_a, make_user("ada.member@example.test")).user
    colleague = make_user("grace.staff@example.test", is_staff=True)
    with system_scope(reason="test"):
        for person in (member, colleague, None):
            audit.record("tenant.visited", by=person, tenant=tenant_a, target=tenant_a)
        key = AuditEvent.objects.get(actor_id=member.pk).pk
    lists = (
        reverse("admin:audit_browser") + "?kind=acts",
        reverse("admin:tenant_page", args=[tenant_a.pk]),
        reverse("admin:operations_auditevent_changelist"),
    )
    for where in lists:
        page = root.get(where).content.decode()
        assert "ada.member@example.test" not in page, where
        assert "grace.staff@example.test" in page, where
        assert "command line" in page, where
    assert "ada.member@example.test" not in root.get(act(key)).content.decode()
    with staff_scope(actor=root.user, reason="test"):
        open_session(tenant_a, by=root.user, reason="x", ticket="T-1")
    for where in (*lists, act(key)):
        assert "ada.member@example.test" in root.get(where).content.decode(), where
    auditor = staff_client("operations.view_auditevent", "operations.export_list")
    assert "ada.member@example.test" not in auditor.get(act(key)).content.decode()
    form = {"format": "csv", "reason": "audit"}
    exported = auditor.post(reverse("admin:export_list", args=["operations.auditevent"]), form).content.decode()
    assert "grace.staff@example.test" in exported
    assert "ada.member@example.test" not in exported
