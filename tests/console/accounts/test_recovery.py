"""Staff help a person back in; every change of how somebody signs in is on record."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.urls import reverse
from django.utils import timezone

from console.accounts import lockout, recovery
from console.accounts.people import create_person
from console.operations.models import AuditEvent
from tenancy import TenantRefused, identity_scope, staff_scope, system_scope
from tests.factories import PASSWORD, make_user

from .person import Person, totp

NOON = datetime(2026, 11, 23, 12, 0, 5, tzinfo=UTC)


@pytest.fixture
def ada(db):
    with identity_scope():
        return create_person("ada@example.test", PASSWORD, verified=True)


@pytest.fixture
def support(db):
    return make_user(is_staff=True)


def verbs():
    """What was done, without the sign-ins and mails that come with it."""
    with system_scope(reason="test"):
        found = AuditEvent.objects.exclude(verb__in=["account.signed_in", "mail.sent"]).order_by("pk")
        return list(found.values_list("verb", flat=True))


def test_a_lost_second_factor_is_reset(person, ada, support, mailoutbox, django_capture_on_commit_callbacks):
    with time_machine.travel(NOON, tick=False):
        person.sign_in("ada@example.test")
        person.set_up_totp()
    with django_capture_on_commit_callbacks(execute=True), staff_scope(actor=support, reason="test"):
        assert recovery.reset_second_factor(ada, by=support, reason="lost phone, called back") == 2
    assert "removed the second factor" in mailoutbox[-1].body
    person.visit("/accounts/profile/")
    assert person.url.startswith("/accounts/login/"), "signed out everywhere"
    person.sign_in("ada@example.test")
    person.visit("/accounts/profile/")
    assert person.url == "/accounts/profile/"
    assert verbs()[-1] == "account.second_factor_reset"


def test_a_new_address_is_proved_before_it_opens_anything(
    person, ada, support, mailoutbox, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True), staff_scope(actor=support, reason="test"):
        recovery.change_email(ada, " Ada@New.test ", by=support, reason="lost mailbox, identity checked")
    assert [mail.to for mail in mailoutbox[-2:]] == [["ada@example.test"], ["ada@new.test"]]
    person.sign_in("ada@example.test")
    assert "are not correct" in person.text
    person.sign_in("ada@new.test")
    assert person.url == "/accounts/confirm-email/"
    person.send(code=person.code())
    person.visit("/accounts/profile/")
    assert person.url == "/accounts/profile/"


def test_refusals(ada, support):
    other = make_user("other@example.test")
    cases = [
        (lambda: recovery.reset_second_factor(support, by=support, reason="r"), "yourself"),
        (lambda: recovery.reset_second_factor(ada, by=support, reason=" "), "no_reason"),
        (lambda: recovery.change_email(ada, other.email, by=support, reason="r"), "email_taken"),
        (lambda: recovery.change_email(ada, "nonsense", by=support, reason="r"), "invalid_email"),
        (lambda: recovery.send_link(support, by=support, reason="r"), "yourself"),
        (lambda: recovery.send_link(make_user(is_active=False), by=support, reason="r"), "inactive"),
        (lambda: recovery.unlock(ada, by=support, reason=" "), "no_reason"),
    ]
    with staff_scope(actor=support, reason="test"):
        for act, code in cases:
            with pytest.raises(TenantRefused) as refused:
                act()
            assert refused.value.code == code


def test_what_people_change_is_on_record_without_addresses(person, ada):
    with time_machine.travel(NOON, tick=False):
        person.sign_in("ada@example.test")
        secret = person.set_up_totp()
        person.visit("/accounts/password/change/")
        person.send(oldpassword=PASSWORD, password1="another-passphrase-42", password2="another-passphrase-42")
        person.visit("/accounts/email/")
        person.send(email="ada@new.test")
        person.send(code=person.code())
        person.visit("/accounts/2fa/totp/deactivate/")
        person.send("/accounts/2fa/totp/deactivate/")
    assert secret
    assert verbs() == [
        "account.second_factor_added",
        "account.second_factor_added",
        "account.password_changed",
        "account.email_changed",
        "account.second_factor_removed",
        "account.second_factor_removed",
    ]
    with system_scope(reason="test"):
        assert "@" not in str(list(AuditEvent.objects.values_list("details", "reason", "target_id")))


def test_staff_sign_ins_are_on_record(person, db):
    with identity_scope():
        staff = create_person("op@example.test", PASSWORD, verified=True, is_staff=True)
    with time_machine.travel(NOON, tick=False):
        person.sign_in("op@example.test", at="/accounts/login/?next=/accounts/profile/")
        secret = person.set_up_totp()
    with time_machine.travel(NOON + timedelta(minutes=1), tick=False):
        again = Person(person.outbox)
        again.sign_in("op@example.test", at="/accounts/login/?next=/accounts/profile/")
        again.send(code=totp(secret))
    with system_scope(reason="test"):
        signed_in = AuditEvent.objects.filter(verb="account.signed_in").order_by("pk")
        assert [event.details["methods"] for event in signed_in] == [["password"], ["password", "mfa"]]
        assert {str(event.target_id) for event in signed_in} == {str(staff.pk)}
    with identity_scope():
        assert Authenticator.objects.filter(user=staff).count() == 2


def test_the_dialogs_of_the_admin_do_it(root, ada, mailoutbox):
    def dialog(name, **typed):
        where = reverse(f"admin:accounts_user_{name}", args=[ada.pk])
        assert root.get(where).status_code == 200
        return root.post(where, {"_form_submitted": "True", "reason": "ticket 12", **typed})

    assert dialog("reset_second_factor").status_code == 200
    assert dialog("sign_out").status_code == 200
    assert b"valid email" in dialog("change_email", email="nonsense").content.lower()
    assert b"Another account" in dialog("change_email", email=root.user.email).content
    dialog("change_email", email="ada@new.test")
    with identity_scope():
        ada.refresh_from_db()
    assert ada.email == "ada@new.test"
    assert verbs() == ["account.second_factor_reset", "account.signed_out", "account.email_changed"]
    page = root.get(reverse("admin:accounts_user_change", args=[ada.pk])).content.decode()
    assert "Reset second factor" in page
    assert 'href="/mail/"' in page


def test_a_link_opens_an_account_that_never_had_a_password(person, support, django_capture_on_commit_callbacks):
    with identity_scope():
        imported = create_person("new@example.test", None, verified=False)
    with django_capture_on_commit_callbacks(execute=True), staff_scope(actor=support, reason="test"):
        recovery.send_link(imported, by=support, reason="ticket 12")
    mail = person.outbox[-1]
    assert mail.to == ["new@example.test"]
    person.visit(re.search(r"https?://[^/]+(/\S+)", mail.body)[1])
    person.send(password1=PASSWORD, password2=PASSWORD)
    person.sign_in("new@example.test")
    person.send(code=person.code())
    person.visit("/accounts/profile/")
    assert person.url == "/accounts/profile/"
    with system_scope(reason="test"):
        assert AuditEvent.objects.filter(verb="mail.sent", target_id=str(imported.pk)).exists()


def test_too_many_wrong_passwords_lock_out_on_every_host_until_support_unlocks(person, ada, support, settings):
    settings.ALLOWED_HOSTS = ["*"]
    for number in range(5):
        person.client.post(
            "/accounts/login/",
            {"login": "Ada@example.test", "password": "wrong"},
            headers={"host": f"h{number}.localhost"},
        )
    assert timedelta(minutes=4) < lockout.locked_until(ada) - timezone.now() <= timedelta(minutes=5)
    person.sign_in("ada@example.test")
    assert "Too many" in person.text
    with system_scope(reason="test"):
        failed = AuditEvent.objects.filter(verb="account.sign_in_failed")
        assert {(event.target_id, event.actor_address, str(event.details)) for event in failed} == {
            (str(ada.pk), "", "{}")
        }
    with staff_scope(actor=support, reason="test"):
        recovery.unlock(ada, by=support, reason="called back")
    assert lockout.locked_until(ada) is None
    person.sign_in("ada@example.test")
    person.visit("/accounts/profile/")
    assert person.url == "/accounts/profile/"


def test_a_wrong_password_for_nobody_is_counted_without_the_address(person, db):
    person.sign_in("nobody@example.test")
    with system_scope(reason="test"):
        event = AuditEvent.objects.get(verb="account.sign_in_failed")
    assert (event.target_id, event.actor_id, event.details) == ("", None, {})


def test_looking_is_not_enough_to_lock_anybody_out(staff_client, ada):
    client = staff_client("accounts.view_user")
    for name in ("reset_second_factor", "sign_out", "change_email", "send_link", "unlock"):
        where = reverse(f"admin:accounts_user_{name}", args=[ada.pk])
        answer = client.post(where, {"_form_submitted": "True", "reason": "x", "email": "x@new.test"})
        assert answer.status_code == 403
    assert "account.second_factor_reset" not in verbs()
