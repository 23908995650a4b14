"""People of a tenant through its pages: nobody rises by themselves, the last owner stays, the removed are out."""

import re
import threading

import pytest
from django.core import mail
from django.db import connection
from django.test import Client

from console.operations.models import AuditEvent
from tenancy import system_scope, tenant_scope
from tenancy.models import Invitation, UserTenantMembership

from ...factories import make_membership, make_tenant, make_user


def stored(membership):
    with system_scope(reason="test"):
        return UserTenantMembership.objects.get(pk=membership.pk)


@pytest.mark.parametrize(("held", "wanted"), [("admin", "owner"), ("member", "admin"), ("viewer", "member")])
def test_nobody_raises_their_own_role(client, tenant_a, enter, held, wanted):
    own = enter(tenant_a, held)
    answer = client.post(f"/t/northwind/members/{own.pk}/role/", {"role": wanted})
    assert answer.status_code == (302 if held == "admin" else 403)
    assert stored(own).role == held


def test_an_admin_does_not_touch_an_owner(client, tenant_a, enter):
    enter(tenant_a, "admin")
    owner = make_membership(tenant_a, role="owner")
    client.post(f"/t/northwind/members/{owner.pk}/role/", {"role": "viewer"})
    client.post(f"/t/northwind/members/{owner.pk}/deactivate/")
    client.post(f"/t/northwind/members/{owner.pk}/", {"display_name": "X", "title": "", "external_id": ""})
    now = stored(owner)
    assert (now.role, now.is_active, now.display_name) == ("owner", True, "")
    assert client.post("/t/northwind/members/invite/", {"email": "a@b.test", "role": "owner"}).status_code == 422


def test_the_last_owner_cannot_leave_and_a_viewer_can(client, db, enter):
    tenant = make_tenant("solo")
    owner = enter(tenant, "owner")
    answer = client.post("/t/solo/members/leave/")
    assert answer.status_code == 422
    assert b"only active owner" in answer.content
    assert stored(owner).is_active
    viewer = enter(tenant, "viewer")
    assert client.post("/t/solo/members/leave/")["Location"].endswith("/organisations/")
    assert not stored(viewer).is_active
    assert client.get("/t/solo/").status_code == 404
    with system_scope(reason="test"):
        assert AuditEvent.objects.filter(verb="membership.left", actor_id=viewer.user_id).count() == 1


def test_a_removed_member_is_out_on_the_next_request(client, tenant_a, enter):
    enter(tenant_a, "admin")
    victim = make_membership(tenant_a, role="member")
    theirs = Client()
    theirs.force_login(victim.user)
    assert theirs.get("/t/northwind/contacts/").status_code == 200
    client.post(f"/t/northwind/members/{victim.pk}/deactivate/")
    assert theirs.get("/t/northwind/contacts/").status_code == 404
    client.post(f"/t/northwind/members/{victim.pk}/reactivate/")
    assert theirs.get("/t/northwind/contacts/").status_code == 200


def test_a_lowered_role_holds_on_the_next_request(client, tenant_a, enter):
    enter(tenant_a, "owner")
    other = make_membership(tenant_a, role="admin")
    theirs = Client()
    theirs.force_login(other.user)
    assert theirs.get("/t/northwind/activity/").status_code == 200
    client.post(f"/t/northwind/members/{other.pk}/role/", {"role": "viewer"})
    assert theirs.get("/t/northwind/activity/").status_code == 403


def test_ownership_moves_to_a_member_of_this_tenant_alone(client, tenant_a, tenant_b, enter):
    own = enter(tenant_a, "owner")
    colleague = make_membership(tenant_a, role="member")
    stranger = make_membership(tenant_b, role="member")
    form = {"step_down": "on", "reason": "I retire"}
    for address in (stranger.user.email, "nobody@example.test"):
        answer = client.post("/t/northwind/members/transfer/", {**form, "email": address})
        assert answer.status_code == 422
        assert "No member of this organisation" in answer.content.decode()
    assert client.post("/t/northwind/members/transfer/", {**form, "email": colleague.user.email}).status_code == 302
    assert (stored(own).role, stored(colleague).role) == ("admin", "owner")
    assert client.get("/t/northwind/members/transfer/").status_code == 403


def test_inviting_answers_alike_for_known_and_unknown_addresses(
    client, tenant_a, tenant_b, enter, django_capture_on_commit_callbacks
):
    enter(tenant_a, "admin")
    known = make_membership(tenant_b).user
    bodies = []
    for address in (known.email, "unknown@example.test"):
        with django_capture_on_commit_callbacks(execute=True):
            answer = client.post("/t/northwind/members/invite/", {"email": address, "role": "viewer"}, follow=True)
        page = answer.content.decode().replace(address, "ADDRESS")
        bodies.append(re.sub(r'<section class="panel".*?</section>|value="[^"]*"', "", page, flags=re.S))
    assert bodies[0] == bodies[1]
    assert sorted(message.to[0] for message in mail.outbox) == sorted([known.email, "unknown@example.test"])
    assert mail.outbox[0].body.count("http") == mail.outbox[1].body.count("http")


def test_resending_has_a_limit_and_revoking_ends_it(client, tenant_a, enter, django_capture_on_commit_callbacks):
    enter(tenant_a, "admin")
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/t/northwind/members/invite/", {"email": "new@example.test", "role": "member"})
    with tenant_scope(tenant_a):
        invitation = Invitation.objects.get(email="new@example.test")
    for _again in range(6):
        with django_capture_on_commit_callbacks(execute=True):
            answer = client.post(f"/t/northwind/members/invitations/{invitation.pk}/resend/", follow=True)
    assert "enough mails" in answer.content.decode()
    assert len(mail.outbox) == 5
    client.post(f"/t/northwind/members/invitations/{invitation.pk}/revoke/")
    link = re.search(r"https?://[^/]+(/invitations/\S+)", mail.outbox[-1].body)[1]
    assert Client().get(link, follow=True).status_code == 410


def test_strangers_are_not_found_by_their_address(client, tenant_a, tenant_b, enter):
    enter(tenant_a, "owner")
    stranger = make_membership(tenant_b)
    page = client.get("/t/northwind/members/", {"q": stranger.user.email}).content.decode()
    assert "No member matches" in page
    colleague = make_membership(tenant_a, make_user(full_name="Grace Hopper"))
    assert "Grace Hopper" in client.get("/t/northwind/members/", {"q": colleague.user.email}).content.decode()


def test_two_owners_who_leave_at_once_leave_one(transactional_db):
    tenant = make_tenant("pair")
    owners = [make_membership(tenant, role="owner") for _ in range(2)]
    clients = [Client(), Client()]
    for one, owner in zip(clients, owners, strict=True):
        one.force_login(owner.user)
    barrier = threading.Barrier(2)
    answers = []

    def leave(one):
        try:
            barrier.wait()
            answers.append(one.post("/t/pair/members/leave/").status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=leave, args=(one,)) for one in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [302, 422]
    assert sum(stored(owner).is_active for owner in owners) == 1


def test_activity_shows_who_why_and_support_by_its_kind(client, tenant_a, tenant_b, enter):
    from tenancy import audit

    own = enter(tenant_a, "admin")
    staff = make_user("operator@support.example", is_staff=True)
    for tenant, reason in ((tenant_a, "Ticket 4711"), (tenant_b, "Sentinelword")):
        with system_scope(reason="test"):
            audit.record("staff_session.opened", by=staff, tenant=tenant, reason=reason)
    member = make_membership(tenant_a, make_user(full_name="Ada Byron"))
    client.post(f"/t/northwind/members/{member.pk}/role/", {"role": "viewer"})
    page = client.get("/t/northwind/activity/").content.decode()
    assert "Ticket 4711" in page
    assert "<strong>Support</strong>" in page
    assert "operator@support.example" not in page
    assert "Sentinelword" not in page
    assert "Ada Byron" in page
    assert own.user.email in page
    filtered = client.get("/t/northwind/activity/", {"kind": "support"}).content.decode()
    assert "Ticket 4711" in filtered
    assert "Ada Byron" not in filtered
