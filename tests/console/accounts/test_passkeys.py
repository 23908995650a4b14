"""Security keys and passkeys, with a key in software (`security_key`)."""

from __future__ import annotations

import json
import re

import pytest
from allauth.mfa.models import Authenticator

from console.accounts.people import create_person
from tenancy import identity_scope
from tests.factories import PASSWORD

from .person import Person
from .security_key import SecurityKey


@pytest.fixture
def ada(db):
    with identity_scope():
        return create_person("ada@example.test", PASSWORD, verified=True, is_staff=True)


@pytest.fixture(autouse=True)
def own_host(settings):
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = False
    settings.BASE_URL = "https://testserver"


def options(person, name):
    data = json.loads(re.search(r'<script id="js_data" type="application/json">(.*?)</script>', person.text, re.S)[1])
    return data[name]


def add(person, key):
    person.visit("/accounts/2fa/webauthn/add/")
    if "reauthenticate" in person.url:
        person.send(password=PASSWORD)
    created = key.create(options(person, "creation_options"))
    person.send(name="My key", passwordless="on", credential=created)


def passkey_sign_in(person, key, *, at="/accounts/login/?next=/accounts/profile/"):
    person.visit(at)
    asked = person.client.get("/accounts/2fa/webauthn/login/", headers={"accept": "application/json"}).json()
    person.send("/accounts/2fa/webauthn/login/", credential=key.get(asked["request_options"]))


def test_a_passkey_signs_in_and_opens_the_admin(person, ada):
    key = SecurityKey("https://testserver")
    person.sign_in("ada@example.test")
    add(person, key)
    with identity_scope():
        assert Authenticator.objects.filter(user=ada, type="webauthn").count() == 1
    again = Person(person.outbox)
    passkey_sign_in(again, key)
    assert again.url == "/accounts/profile/"
    again.visit("/mail/")
    assert (again.url, again.page.status_code) == ("/mail/", 200), "a passkey is more than a password"


def test_a_key_is_a_second_step_after_the_password(person, ada):
    key = SecurityKey("https://testserver")
    person.sign_in("ada@example.test")
    add(person, key)
    again = Person(person.outbox)
    again.sign_in("ada@example.test", at="/accounts/login/?next=/accounts/profile/")
    assert again.url == "/accounts/2fa/authenticate/"
    again.send(credential=key.get(options(again, "request_options")))
    assert again.url == "/accounts/profile/"


def test_another_key_or_another_site_does_not_sign_in(person, ada):
    key = SecurityKey("https://testserver")
    person.sign_in("ada@example.test")
    add(person, key)
    stolen = SecurityKey("https://testserver")
    stolen.id, stolen.user_handle = key.id, key.user_handle
    phished = SecurityKey("https://testserver.evil.example")
    phished.id, phished.user_handle, phished.private = key.id, key.user_handle, key.private
    for wrong in (stolen, phished):
        again = Person(person.outbox)
        passkey_sign_in(again, wrong)
        again.visit("/accounts/profile/")
        assert again.url.startswith("/accounts/login/")


def test_staff_cannot_remove_their_last_key(person, ada):
    person.sign_in("ada@example.test")
    add(person, SecurityKey("https://testserver"))
    with identity_scope():
        pk = Authenticator.objects.get(user=ada, type="webauthn").pk
    person.visit(f"/accounts/2fa/webauthn/keys/{pk}/remove/")
    person.send(f"/accounts/2fa/webauthn/keys/{pk}/remove/")
    assert "cannot deactivate" in person.text
    add(person, SecurityKey("https://testserver"))
    person.visit(f"/accounts/2fa/webauthn/keys/{pk}/remove/")
    person.send(f"/accounts/2fa/webauthn/keys/{pk}/remove/")
    with identity_scope():
        assert Authenticator.objects.filter(user=ada, type="webauthn").count() == 1


def test_passkeys_hold_on_the_subdomains_of_the_product(person, ada, settings):
    settings.BASE_URL = "http://localhost:8000"
    asked = person.client.get(
        "/accounts/2fa/webauthn/login/", headers={"accept": "application/json", "host": "northwind.localhost:8000"}
    ).json()
    assert asked["request_options"]["publicKey"]["rpId"] == "localhost"
