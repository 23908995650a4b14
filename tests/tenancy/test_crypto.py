"""Encryption at rest: bound to its context, rotatable, and loud without a key."""

from __future__ import annotations

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from tenancy import crypto
from tenancy.exceptions import DecryptionFailed, EncryptionKeyMissing

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


@pytest.fixture(autouse=True)
def keys(settings):
    settings.TENANCY = {"ENCRYPTION_KEYS": [NEW, OLD]}


def test_a_value_comes_back_and_does_not_stand_in_its_token():
    token = crypto.encrypt("JBSWY3DPEHPK3PXP", context="mfa")
    assert "JBSWY" not in token
    assert crypto.decrypt(token, context="mfa") == "JBSWY3DPEHPK3PXP"


@given(text=st.text(), context=st.text(min_size=1))
def test_any_text_comes_back(text, context):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(crypto, "encryption_keys", lambda: (NEW,))
        assert crypto.decrypt(crypto.encrypt(text, context=context), context=context) == text


def test_a_token_does_not_open_in_another_context():
    token = crypto.encrypt("secret", context="tenant 1")
    with pytest.raises(DecryptionFailed) as refused:
        crypto.decrypt(token, context="tenant 2")
    assert token not in str(refused.value)


def test_an_altered_token_does_not_open():
    token = crypto.encrypt("secret", context="mfa")
    with pytest.raises(DecryptionFailed):
        crypto.decrypt(token[:-4] + "AAA=", context="mfa")


def test_rotation_leaves_nothing_under_the_old_key(settings):
    settings.TENANCY = {"ENCRYPTION_KEYS": [OLD]}
    token = crypto.encrypt("secret", context="mfa")
    settings.TENANCY = {"ENCRYPTION_KEYS": [NEW, OLD]}
    rotated = crypto.rotate(token, context="mfa")
    settings.TENANCY = {"ENCRYPTION_KEYS": [NEW]}
    assert crypto.decrypt(rotated, context="mfa") == "secret"
    with pytest.raises(DecryptionFailed):
        crypto.decrypt(token, context="mfa")
    with pytest.raises(DecryptionFailed):
        crypto.rotate(token, context="mfa")


def test_keys_may_come_from_a_callable(settings):
    settings.TENANCY = {"ENCRYPTION_KEYS": lambda: [NEW]}
    assert crypto.decrypt(crypto.encrypt("x", context="c"), context="c") == "x"


@pytest.mark.parametrize("keys", [[], ["too-short"], ["ü" * 44]])
def test_no_usable_key_is_an_error_of_its_own(settings, keys):
    settings.TENANCY = {"ENCRYPTION_KEYS": keys}
    with pytest.raises(EncryptionKeyMissing):
        crypto.encrypt("secret", context="mfa")


def test_an_empty_context_is_refused():
    with pytest.raises(ValueError, match="context"):
        crypto.encrypt("secret", context="")
