"""The admin opens to staff who proved a second factor, and to nobody else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator

from console.accounts.people import create_person
from tenancy import identity_scope
from tests.factories import PASSWORD

from .person import Person, totp

ADMIN = "/admin/"
NOON = datetime(2026, 11, 23, 12, 0, 5, tzinfo=UTC)


@pytest.fixture
def operator(db):
    with identity_scope():
        return create_person("op@example.test", PASSWORD, verified=True, is_staff=True, is_superuser=True)


def test_strangers_are_sent_to_the_one_sign_in(person):
    person.visit(ADMIN)
    assert person.url.startswith("/accounts/login/?next=")
    person.visit(f"/admin/login/?next={ADMIN}")
    assert person.url == f"/accounts/login/?next={ADMIN}"


def test_people_who_are_not_staff_get_a_403(person):
    with identity_scope():
        create_person("ada@example.test", PASSWORD, verified=True)
    person.sign_in("ada@example.test", at=f"/accounts/login/?next={ADMIN}")
    assert person.page.status_code == 403
    assert "Ask an administrator" in person.text


def test_a_password_alone_leads_to_the_set_up_of_a_second_factor(person, operator):
    person.sign_in("op@example.test", at=f"/accounts/login/?next={ADMIN}")
    assert person.url.startswith("/accounts/second-factor/")
    with time_machine.travel(NOON, tick=False):
        person.set_up_totp()
    with time_machine.travel(NOON + timedelta(minutes=1), tick=False):
        person.visit(ADMIN)
        assert person.url.startswith("/accounts/2fa/reauthenticate/"), "set up, but not yet proved in this session"
        with identity_scope():
            secret = _secret(operator)
        person.send(code=totp(secret))
    assert person.url == ADMIN
    assert person.page.status_code == 200


def test_signing_in_with_the_second_factor_opens_the_admin(person, operator):
    with time_machine.travel(NOON, tick=False):
        person.sign_in("op@example.test")
        secret = person.set_up_totp()
    with time_machine.travel(NOON + timedelta(minutes=1), tick=False):
        again = Person(person.outbox)
        again.sign_in("op@example.test", at=f"/accounts/login/?next={ADMIN}")
        again.send(code=totp(secret))
        assert again.url == ADMIN
        assert again.page.status_code == 200


def test_the_demo_may_turn_it_off(person, operator, settings):
    settings.STAFF_SECOND_FACTOR = False
    person.sign_in("op@example.test", at=f"/accounts/login/?next={ADMIN}")
    assert person.url == ADMIN


def test_staff_cannot_drop_their_last_second_factor(person, operator):
    with time_machine.travel(NOON, tick=False):
        person.sign_in("op@example.test")
        person.set_up_totp()
        person.visit("/accounts/2fa/totp/deactivate/")
        person.send("/accounts/2fa/totp/deactivate/")
    assert "cannot deactivate" in person.text
    with identity_scope():
        assert Authenticator.objects.filter(user=operator, type="totp").exists()


def test_others_may_drop_theirs(person):
    with identity_scope():
        ada = create_person("ada@example.test", PASSWORD, verified=True)
    with time_machine.travel(NOON, tick=False):
        person.sign_in("ada@example.test")
        person.set_up_totp()
        person.visit("/accounts/2fa/totp/deactivate/")
        person.send("/accounts/2fa/totp/deactivate/")
    with identity_scope():
        assert not Authenticator.objects.filter(user=ada).exists()


def test_superusers_made_on_the_command_line_sign_in_without_a_mail(person):
    from django.core.management import call_command

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
        call_command("createsuperuser", email="root@example.test", interactive=False, verbosity=0)
    person.sign_in("root@example.test", at=f"/accounts/login/?next={ADMIN}")
    assert person.url.startswith("/accounts/second-factor/")
    assert not person.outbox


def _secret(user):
    from allauth.mfa.utils import decrypt

    return decrypt(Authenticator.objects.get(user=user, type="totp").data["secret"])
