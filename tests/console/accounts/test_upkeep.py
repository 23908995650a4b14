"""Keys, checks and scopes: what operators and code rely on."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from asgiref.sync import async_to_sync
from cryptography.fernet import Fernet
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.test import override_settings

from console.accounts import checks
from console.accounts.backends import PersonBackend
from tenancy import identity_scope, tenant_scope
from tests.factories import PASSWORD, make_user

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


@pytest.fixture
def keys(settings):
    def use(*keys):
        settings.TENANCY = {**settings.TENANCY, "ENCRYPTION_KEYS": list(keys)}

    return use


def rotate(*args):
    out = StringIO()
    call_command("rotate_encryption_keys", *args, stdout=out)
    return out.getvalue()


def test_rotation_moves_every_second_factor_to_the_new_key(db, keys):
    user = make_user()
    keys(OLD)
    with identity_scope():
        TOTP.activate(user, "JBSWY3DPEHPK3PXP")
        codes = RecoveryCodes.activate(user).generate_codes()
    keys(NEW, OLD)
    assert json.loads(rotate("--json", "--dry-run"))["second factors"] == 2
    assert json.loads(rotate("--json"))["second factors"] == 2
    keys(NEW)
    with identity_scope():
        totp = Authenticator.objects.get(user=user, type="totp")
        assert Authenticator.objects.get(user=user, type="recovery_codes").wrap().generate_codes() == codes
    from allauth.mfa.utils import decrypt

    assert decrypt(totp.data["secret"]) == "JBSWY3DPEHPK3PXP"


def test_rotation_names_the_remedy_when_a_key_is_gone(db, keys):
    keys(OLD)
    with identity_scope():
        TOTP.activate(make_user(), "JBSWY3DPEHPK3PXP")
    keys(NEW)
    with pytest.raises(CommandError, match="Put the key that encrypted it back"):
        rotate()


def ids(found):
    return [message.id for message in found]


def test_e001_staff_by_password_alone(settings):
    settings.STAFF_SECOND_FACTOR = False
    assert ids(checks.second_factor_is_on()) == ["accounts.E001"]
    settings.STAFF_SECOND_FACTOR = True
    assert ids(checks.second_factor_is_on()) == []


def test_e002_no_encryption_key(keys):
    keys()
    assert ids(checks.encryption_keys_work()) == ["accounts.E002"]
    keys(NEW)
    assert ids(checks.encryption_keys_work()) == []


def test_e003_a_cache_per_process():
    with override_settings(CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}):
        assert ids(checks.cache_is_shared()) == ["accounts.E003"]
    with override_settings(CACHES={"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache"}}):
        assert ids(checks.cache_is_shared()) == []


def test_e004_passkeys_of_any_origin(settings):
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
    assert ids(checks.insecure_origins_are_off()) == ["accounts.E004"]
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = False
    assert ids(checks.insecure_origins_are_off()) == []


def test_the_backend_sees_people_from_a_tenants_scope(tenant_a):
    user = make_user("ada@example.test", is_superuser=True)
    backend = PersonBackend()
    with tenant_scope(tenant_a):
        assert not get_user_model().objects.filter(pk=user.pk).exists(), "not a member: out of this tenant's sight"
        assert backend.get_user(user.pk) == user
        assert backend.authenticate(None, email="ada@example.test", password=PASSWORD) == user
        assert backend.has_perm(user, "auth.view_group")
        assert async_to_sync(backend.aget_user)(user.pk) == user


def test_every_question_to_the_backend_enters_identity_scope():
    asked = {
        name
        for name in dir(PersonBackend)
        if name.endswith(("_perm", "_perms", "_permissions", "authenticate", "get_user")) and not name.startswith("_")
    }
    assert asked - {"user_can_authenticate", "with_perm"} <= set(vars(PersonBackend))
