"""From the mail of an invitation to the membership, as a person walks it."""

from __future__ import annotations

import logging
import re

import pytest
from django.utils import timezone

from console.accounts.models import User
from console.accounts.people import create_person
from tenancy import identity_scope, invitations, system_scope, tenant_scope
from tenancy.models import Invitation, UserTenantMembership
from tests.factories import PASSWORD

NEW_PASSWORD = "a-passphrase-of-my-own"


@pytest.fixture
def invite(tenant_a, person, django_capture_on_commit_callbacks):
    """Have the owner invite an address; returns the link in the mail."""

    def send(email: str, role: str = "member") -> str:
        with tenant_scope(tenant_a), django_capture_on_commit_callbacks(execute=True):
            owner = UserTenantMembership.objects.filter(role="owner").select_related("user").first().user
            invitations.invite(email, tenant_a, role, by=owner)
        return person.link()

    return send


def role_of(email, tenant):
    with system_scope(reason="test"):
        return (
            UserTenantMembership.objects.filter(tenant=tenant, user__email=email, is_active=True)
            .values_list("role", flat=True)
            .first()
        )


def test_a_new_person_sets_name_and_password_and_is_in(person, invite, tenant_a):
    person.visit(invite("new@example.test", "viewer"))
    assert person.url == "/invitations/accept/"
    assert "Northwind" in person.text
    assert "Viewer" in person.text
    person.send(full_name="New Person", password1=NEW_PASSWORD, password2=NEW_PASSWORD)
    assert "You are now a member of Northwind" in person.text
    assert role_of("new@example.test", tenant_a) == "viewer"
    assert person.client.session["tenancy_slug"] == "northwind", "lands in the organisation just joined"
    person.client.logout()
    person.sign_in("new@example.test", NEW_PASSWORD)
    person.visit("/accounts/profile/")
    assert "New Person" in person.text, "signs in without proving the address again"


def test_what_is_typed_is_checked(person, invite, tenant_a):
    person.visit(invite("new@example.test"))
    person.send(full_name="New Person", password1="short", password2="short")
    assert "too short" in person.text
    person.send(full_name="New Person", password1=NEW_PASSWORD, password2="another-passphrase")
    assert "differ" in person.text
    person.send(full_name="New Person", password1="new@example.test", password2="new@example.test")
    assert "similar" in person.text
    with identity_scope():
        assert not User.objects.filter(email="new@example.test").exists()


def test_an_existing_person_signs_in_and_joins(person, invite, tenant_a):
    with identity_scope():
        create_person("ada@example.test", PASSWORD, verified=True)
    person.visit(invite("ada@example.test"))
    assert "You have an account already" in person.text
    sign_in = re.search(r'href="(/accounts/login/\?next=[^"]+)"', person.text)[1]
    person.sign_in("ada@example.test", at=sign_in)
    assert person.url == "/invitations/accept/"
    assert role_of("ada@example.test", tenant_a) is None, "not before the person says so"
    person.send()
    assert "You are now a member of Northwind" in person.text
    assert role_of("ada@example.test", tenant_a) == "member"


def test_an_imported_person_opens_the_account_with_the_invitation(person, invite, tenant_a):
    with identity_scope():
        imported = create_person("imported@example.test", None, verified=False, full_name="From The File")
    person.visit(invite("imported@example.test"))
    person.send(full_name="My Own Name", password1=NEW_PASSWORD, password2=NEW_PASSWORD)
    assert role_of("imported@example.test", tenant_a) == "member"
    with identity_scope():
        imported.refresh_from_db()
    assert imported.full_name == "My Own Name"
    assert imported.check_password(NEW_PASSWORD)


def test_the_wrong_account_is_told_so_and_can_switch(person, invite, tenant_a):
    with identity_scope():
        create_person("other@example.test", PASSWORD, verified=True)
    link = invite("new@example.test")
    person.sign_in("other@example.test")
    person.visit(link)
    assert "for another address" in person.text
    person.client.post("/invitations/accept/")
    assert role_of("other@example.test", tenant_a) is None
    person.send("/invitations/switch/")
    assert "Make my account and join" in person.text
    person.visit("/accounts/profile/")
    assert person.url.startswith("/accounts/login/")


def test_a_deactivated_account_is_not_reopened(person, invite, tenant_a):
    with identity_scope():
        user = create_person("gone@example.test", PASSWORD, verified=True, is_active=False)
    person.visit(invite("gone@example.test"))
    assert "deactivated" in person.text
    person.client.post("/invitations/accept/", {"full_name": "X", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    with identity_scope():
        user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert role_of("gone@example.test", tenant_a) is None


def test_dead_links_say_what_to_do(person, invite, tenant_a):
    link = invite("new@example.test")
    person.visit("/invitations/no-such-token/")
    assert person.page.status_code == 404
    assert "newest invitation" in person.text
    with tenant_scope(tenant_a):
        Invitation.objects.update(expires_at=timezone.now())
    person.visit(link)
    assert person.page.status_code == 410
    assert "send it again" in person.text
    with tenant_scope(tenant_a):
        Invitation.objects.update(revoked_at=timezone.now())
    person.visit(link)
    assert "taken back" in person.text
    with tenant_scope(tenant_a):
        Invitation.objects.update(revoked_at=None, accepted_at=timezone.now())
    person.visit(link)
    assert "works once" in person.text
    person.client.cookies.clear()
    person.visit("/invitations/accept/")
    assert "Open the link in your mail" in person.text


def test_the_token_stays_out_of_addresses_bodies_and_logs(person, invite, caplog):
    link = invite("new@example.test")
    token = link.rstrip("/").rsplit("/", 1)[1]
    caplog.set_level(logging.DEBUG)
    first = person.client.get(f"/invitations/{token}/")
    assert first.status_code == 302
    assert first.headers["Location"] == "/invitations/accept/"
    assert first.headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in first.headers["Cache-Control"]
    person.visit("/invitations/accept/")
    person.send(full_name="New Person", password1=NEW_PASSWORD, password2=NEW_PASSWORD)
    assert token not in person.text
    assert token not in caplog.text
    assert "new@example.test" not in caplog.text


def test_a_second_visit_after_joining_changes_nothing(person, invite, tenant_a):
    link = invite("new@example.test")
    person.visit(link)
    person.send(full_name="New Person", password1=NEW_PASSWORD, password2=NEW_PASSWORD)
    person.visit(link)
    assert person.page.status_code == 410
    assert "works once" in person.text
    with system_scope(reason="test"):
        assert UserTenantMembership.objects.filter(tenant=tenant_a).count() == 2


def test_reads_do_not_accept(person, invite, tenant_a):
    with identity_scope():
        create_person("ada@example.test", PASSWORD, verified=True)
    person.sign_in("ada@example.test")
    person.visit(invite("ada@example.test"))
    person.visit("/invitations/accept/")
    assert role_of("ada@example.test", tenant_a) is None
    assert person.client.get("/invitations/switch/").status_code == 405
