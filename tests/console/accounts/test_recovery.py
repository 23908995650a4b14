"""Staff help a person back in; every change of how somebody signs in is on record."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.urls import reverse

from console.accounts import recovery
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
    with system_scope(reason="test"):
        return list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True))


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


def test_looking_is_not_enough_to_lock_anybody_out(staff_client, ada):
    client = staff_client("accounts.view_user")
    for name in ("reset_second_factor", "sign_out", "change_email"):
        where = reverse(f"admin:accounts_user_{name}", args=[ada.pk])
        answer = client.post(where, {"_form_submitted": "True", "reason": "x", "email": "x@new.test"})
        assert answer.status_code == 403
    assert "account.second_factor_reset" not in verbs()
