"""Who may join, and as what: every setting about members changes what it does when it is flipped."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from tenancy import Role, system_scope
from tenancy.invitations import accept, expiry, resend
from tenancy.memberships import assign_user_to_tenant, deactivate_membership, reactivate_membership
from tenancy.models import Invitation
from tests.console.members.helpers import HEAD, imported, refusals
from tests.factories import make_membership, make_user

from .obeying import refusal, send

HOME = "/t/northwind/"


def test_default_role(tenant_a, flip):
    assert send(tenant_a, "one@example.test", None).role == Role.MEMBER
    flip({"members.default_role": "viewer"})
    assert send(tenant_a, "two@example.test", None).role == Role.VIEWER
    assert send(tenant_a, "three@example.test", "admin").role == Role.ADMIN


def test_invitation_expiry(tenant_a, flip):
    flip({"members.invitation_expiry": "P30D"})
    left = expiry(tenant_a) - timezone.now()
    assert timedelta(days=29) < left <= timedelta(days=30)
    assert send(tenant_a).expires_at - timezone.now() > timedelta(days=29)


def test_allowed_domains_for_invitations(tenant_a, flip):
    earlier = send(tenant_a, "early@elsewhere.test")
    flip({"members.allowed_domains": ["northwind.example", "EXAMPLE.test"]})
    assert refusal(send, tenant_a, "x@elsewhere.test") == "domain_not_allowed"
    assert refusal(send, tenant_a, "x@sub.northwind.example") == "domain_not_allowed"
    assert refusal(send, tenant_a, "x@notnorthwind.example") == "domain_not_allowed"
    assert send(tenant_a, "x@NORTHWIND.example")
    assert send(tenant_a, "y@example.test")
    with system_scope(reason="test"):
        assert refusal(resend, earlier, by=None) == "domain_not_allowed"


def test_an_invitation_from_before_is_refused_when_it_is_accepted(
    tenant_a, flip, mailoutbox, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        send(tenant_a, "early@elsewhere.test")
    token = mailoutbox[0].body.split("/invitations/")[1].split("/")[0]
    person = make_user("early@elsewhere.test")
    flip({"members.allowed_domains": ["northwind.example"]})
    assert refusal(accept, token, person) == "domain_not_allowed"
    flip({"members.allowed_domains": []})
    assert accept(token, person).is_active


def test_allowed_domains_in_imports(tenant_a, flip):
    text = f"{HEAD}in@northwind.example,In,,,,\nout@elsewhere.test,Out,,,,\n"
    flip({"members.allowed_domains": ["Northwind.example"]})
    assert refusals(imported(tenant_a, text)) == {3: "domain_not_allowed"}
    flip({"members.allowed_domains": []})
    assert refusals(imported(tenant_a, text)) == {}


def test_allowed_domains_at_the_door(client, enter, flip):
    enter(email="person@elsewhere.test")
    assert client.get(HOME).status_code == 200
    flip({"members.allowed_domains": ["northwind.example"]})
    response = client.get(HOME)
    assert response.status_code == 403
    assert "Not with this address" in response.content.decode()
    enter(email="person@northwind.example")
    assert client.get(HOME).status_code == 200
    enter(email="owner@elsewhere.test", role="owner")  # whoever set it wrong can set it right
    assert client.get(HOME).status_code == 200


def test_seat_limit(tenant_a, flip):
    assert send(tenant_a, "one@example.test")
    flip({"members.seat_limit": 3})  # an owner and an invitation take two
    member = make_membership(tenant_a)
    assert refusal(send, tenant_a, "two@example.test") == "seats_taken"
    with system_scope(reason="test"):
        assert refusal(assign_user_to_tenant, make_user(), tenant_a, "member", by=None) == "seats_taken"
        assert resend(Invitation.objects.get(), by=None)  # its seat is its own
        deactivate_membership(member, by=None)
    assert send(tenant_a, "two@example.test")
    with system_scope(reason="test"):
        assert refusal(reactivate_membership, member, by=None) == "seats_taken"
    flip({"members.seat_limit": 4})
    with system_scope(reason="test"):
        assert reactivate_membership(member, by=None).is_active


def test_the_last_seat_is_for_the_invited(tenant_a, flip, mailoutbox, django_capture_on_commit_callbacks):
    flip({"members.seat_limit": 2})
    with django_capture_on_commit_callbacks(execute=True):
        send(tenant_a, "one@example.test")
    token = mailoutbox[0].body.split("/invitations/")[1].split("/")[0]
    assert accept(token, make_user("one@example.test")).is_active
