"""Signing in, and everything a person changes about how they do it, typed as a person types it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator

from console.accounts.models import User
from console.accounts.people import create_person
from tenancy import identity_scope
from tests.factories import PASSWORD

from .person import Person, totp

NOON = datetime(2026, 11, 23, 12, 0, 5, tzinfo=UTC)


@pytest.fixture
def ada(db):
    with identity_scope():
        return create_person("ada@example.test", PASSWORD, verified=True, full_name="Ada Example")


def test_address_is_taken_in_any_case_and_lands_at_the_start(person, ada):
    person.sign_in(" ADA@Example.TEST ")
    assert person.url == "/organisations/"
    assert "Ada Example" in person.text


def test_wrong_password_and_unknown_address_get_the_same_words(person, ada):
    person.sign_in("ada@example.test", "not-her-password")
    wrong = re.sub(r'value="[^"]*"', "", person.text)
    stranger = Person(person.outbox)
    stranger.sign_in("nobody@example.test", "not-her-password")
    unknown = re.sub(r'value="[^"]*"', "", stranger.text)
    assert "are not correct" in wrong
    assert wrong == unknown


def test_failed_sign_ins_are_limited(person, ada):
    for _attempt in range(5):
        person.sign_in("ada@example.test", "not-her-password")
    person.sign_in("ada@example.test")
    assert "Too many failed login attempts" in person.text


def test_too_many_requests_get_a_page_that_says_so(person, ada):
    for _request in range(6):
        person.visit("/accounts/password/reset/")
        person.send(email="ada@example.test")
    assert person.page.status_code == 429
    assert "Wait five minutes" in person.text
    assert len(person.outbox) == 5


def test_an_unproved_address_is_proved_by_the_mailed_code(person):
    with identity_scope():
        create_person("new@example.test", PASSWORD, verified=False)
    person.sign_in("new@example.test")
    assert person.url == "/accounts/confirm-email/"
    person.send(code="WRONG1")
    assert "Incorrect code" in person.text
    person.send(code=person.code())
    person.visit("/accounts/profile/")
    assert person.url == "/accounts/profile/"


def test_strangers_cannot_sign_up(person):
    person.visit("/accounts/signup/")
    assert "by invitation" in person.text
    response = person.client.post(
        "/accounts/signup/", {"email": "x@example.test", "password1": PASSWORD, "password2": PASSWORD, "full_name": "X"}
    )
    assert "by invitation" in response.content.decode()
    with identity_scope():
        assert not User.objects.filter(email="x@example.test").exists()


def test_open_sign_up_is_a_setting(person, settings):
    settings.OPEN_SIGNUP = True
    person.visit("/accounts/login/")
    person.visit("/accounts/signup/")
    person.send(email="Grace@Example.test", full_name="Grace Example", password1=PASSWORD, password2=PASSWORD)
    person.send(code=person.code())
    person.visit("/accounts/profile/")
    assert "Grace Example" in person.text
    with identity_scope():
        assert User.objects.get(email="grace@example.test").check_password(PASSWORD)


def test_password_reset_from_the_mail(person, ada):
    person.visit("/accounts/password/reset/")
    person.send(email="Ada@example.test")
    assert person.link().startswith("http://localhost:8000/accounts/password/reset/key/")
    link = person.link()
    person.visit(link)
    assert person.url.endswith("-set-password/"), "the key leaves the address before the page is shown"
    person.send(password1="a-brand-new-passphrase", password2="a-brand-new-passphrase")
    person.sign_in("ada@example.test", "a-brand-new-passphrase")
    assert person.url == "/organisations/"
    again = Person(person.outbox)
    again.visit(link)
    assert "already been used" in again.text


def test_reset_link_does_not_follow_the_host_header(person, ada):
    person.client.post("/accounts/password/reset/", {"email": "ada@example.test"}, headers={"host": "evil.localhost"})
    assert person.link().startswith("http://localhost:8000/")


def test_reset_tells_an_unknown_address_by_mail_alone(person, ada):
    person.visit("/accounts/password/reset/")
    person.send(email="nobody@example.test")
    unknown = (person.url, re.sub(r'value="[^"]*"', "", person.text))
    assert "no account" in person.mail()
    person.visit("/accounts/password/reset/")
    person.send(email="ada@example.test")
    assert (person.url, re.sub(r'value="[^"]*"', "", person.text)) == unknown


def test_reset_does_not_open_an_account_that_was_never_set_up(person):
    with identity_scope():
        create_person("imported@example.test", None, verified=False)
    person.visit("/accounts/password/reset/")
    person.send(email="imported@example.test")
    assert "/password/reset/key/" not in person.mail()
    assert "open the link in the invitation" in person.mail()


def test_authenticator_app_is_asked_for_and_a_code_counts_once(person, ada):
    with time_machine.travel(NOON, tick=False):
        person.sign_in("ada@example.test")
        secret = person.set_up_totp()
        assert "Recovery codes" in person.text or "Recovery Codes" in person.text
    later = NOON + timedelta(minutes=2)
    with time_machine.travel(later, tick=False):
        one = Person(person.outbox)
        one.sign_in("ada@example.test")
        assert one.url == "/accounts/2fa/authenticate/"
        one.visit("/accounts/profile/")
        assert one.url == "/accounts/2fa/authenticate/", "a password alone does not sign in"
        one.send(code="000000")
        assert "Incorrect code" in one.text
        one.send(code=totp(secret))
        assert one.url == "/organisations/"
        two = Person(person.outbox)
        two.sign_in("ada@example.test")
        two.send(code=totp(secret))
        assert "Incorrect code" in two.text, "the same code a second time"


def test_a_recovery_code_signs_in_once(person, ada):
    with time_machine.travel(NOON, tick=False):
        person.sign_in("ada@example.test")
        person.set_up_totp()
        person.visit("/accounts/2fa/recovery-codes/")
        codes = re.findall(r"\b\d{8}\b", re.search(r"<textarea[^>]*>(.*?)</textarea>", person.text, re.S)[1])
    assert len(codes) == 10
    with time_machine.travel(NOON + timedelta(minutes=5), tick=False):
        one = Person(person.outbox)
        one.sign_in("ada@example.test")
        one.send(code=codes[3])
        assert one.url == "/organisations/"
        two = Person(person.outbox)
        two.sign_in("ada@example.test")
        two.send(code=codes[3])
        assert "Incorrect code" in two.text


def test_second_factor_secrets_are_encrypted_at_rest(person, ada):
    with time_machine.travel(NOON, tick=False):
        person.sign_in("ada@example.test")
        secret = person.set_up_totp()
    with identity_scope():
        rows = list(Authenticator.objects.filter(user=ada))
    assert {row.type for row in rows} == {"totp", "recovery_codes"}
    for row in rows:
        stored = str(row.data)
        assert secret not in stored
        assert "gAAAA" in stored, "a Fernet token"


def test_changing_the_address_needs_the_password_and_the_new_mailbox(person, ada):
    person.sign_in("ada@example.test")
    person.visit("/accounts/email/")
    person.send(email="ADA.new@example.test")
    if "reauthenticate" in person.url:
        person.send(password=PASSWORD)
    with identity_scope():
        ada.refresh_from_db()
    assert ada.email == "ada@example.test", "not before the code was typed"
    assert person.outbox[-1].to == ["ada.new@example.test"]
    person.send(code=person.code())
    with identity_scope():
        ada.refresh_from_db()
    assert ada.email == "ada.new@example.test"
    assert any(mail.to == ["ada@example.test"] for mail in person.outbox), "the old address is told"
    Person(person.outbox).sign_in("ada.new@example.test")


def test_the_address_changes_with_a_second_factor_set(person, ada):
    with time_machine.travel(NOON, tick=False):
        person.sign_in("ada@example.test")
        person.set_up_totp()
        person.visit("/accounts/email/")
        person.send(email="two@example.test")
        person.send(code=person.code())
    with identity_scope():
        ada.refresh_from_db()
    assert ada.email == "two@example.test"


def test_sessions_are_listed_and_ended(person, ada):
    other = Person(person.outbox)
    other.sign_in("ada@example.test")
    person.sign_in("ada@example.test")
    person.visit("/accounts/sessions/")
    assert person.text.count("127.0.0.1") == 2
    person.send("/accounts/sessions/")
    other.visit("/accounts/profile/")
    assert other.url.startswith("/accounts/login/")
    person.visit("/accounts/profile/")
    assert person.url == "/accounts/profile/"


def test_profile_sets_name_language_and_zone(person, ada):
    person.sign_in("ada@example.test")
    person.visit("/accounts/profile/")
    person.send(full_name="Ada L.", locale="en-gb", time_zone="Europe/Berlin")
    assert "Your profile was saved" in person.text
    with identity_scope():
        ada.refresh_from_db()
    assert (ada.full_name, ada.locale, ada.time_zone) == ("Ada L.", "en-gb", "Europe/Berlin")
    assert '<html lang="en-gb">' in person.text
    person.send(full_name="Ada", locale="xx", time_zone="Mars/Base")
    with identity_scope():
        ada.refresh_from_db()
    assert ada.time_zone == "Europe/Berlin"


def test_a_deactivated_account_is_told_so(person, ada):
    with identity_scope():
        User.objects.filter(pk=ada.pk).update(is_active=False)
    person.sign_in("ada@example.test")
    assert "deactivated" in person.text


PAGES = [
    "/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/accounts/profile/", "/accounts/email/",
    "/accounts/2fa/", "/accounts/2fa/totp/activate/", "/accounts/2fa/webauthn/add/", "/accounts/sessions/",
    "/accounts/password/change/", "/accounts/logout/", "/accounts/reauthenticate/", "/invitations/accept/",
]  # fmt: skip


@pytest.mark.parametrize("url", PAGES)
def test_account_pages_are_not_cached_and_run_nothing_inline(person, ada, url):
    if url not in ("/accounts/login/", "/accounts/signup/", "/accounts/password/reset/"):
        person.sign_in("ada@example.test")
    person.visit(url)
    assert "no-store" in person.page.headers["Cache-Control"]
    assert person.page.headers["Referrer-Policy"] == "same-origin"
    policy = person.page.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert not re.search(r"<script(?![^>]*(src=|application/json))", person.text)
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=", person.text)
