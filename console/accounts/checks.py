"""System checks: what a deployment must not forget about accounts."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from tenancy.crypto import encrypt
from tenancy.exceptions import EncryptionKeyMissing


@register(Tags.security, deploy=True)
def second_factor_is_on(**kwargs: Any) -> list[CheckMessage]:
    """accounts.E001: staff may enter the admin with a password alone."""
    if settings.STAFF_SECOND_FACTOR:
        return []
    return [
        Error(
            "STAFF_SECOND_FACTOR is off: staff may enter the admin with a password alone.",
            hint="Remove STAFF_SECOND_FACTOR=False from the environment; it exists for the demo.",
            id="accounts.E001",
        )
    ]


@register(Tags.security)
def encryption_keys_work(**kwargs: Any) -> list[CheckMessage]:
    """accounts.E002: second factors could be neither stored nor read."""
    try:
        encrypt("probe", context="accounts.check")
    except EncryptionKeyMissing as error:
        return [
            Error(
                f"No usable field encryption key: {error}",
                hint="Set FIELD_ENCRYPTION_KEYS to one or more Fernet keys, newest first, separated by commas.",
                id="accounts.E002",
            )
        ]
    return []


@register(Tags.caches, deploy=True)
def cache_is_shared(**kwargs: Any) -> list[CheckMessage]:
    """accounts.E003: every process counts failed sign-ins for itself."""
    backend = settings.CACHES["default"]["BACKEND"]
    if not backend.endswith((".LocMemCache", ".DummyCache")):
        return []
    return [
        Error(
            "The default cache is private to each process: rate limits multiply by the number of processes, and a "
            "one-time code that one process used is fresh for the others.",
            hint="Set CACHE_URL to a cache that all processes share, for example redis://localhost:6379/0.",
            id="accounts.E003",
        )
    ]


@register(Tags.security, deploy=True)
def insecure_origins_are_off(**kwargs: Any) -> list[CheckMessage]:
    """accounts.E004: a passkey made for another site would be taken."""
    if not getattr(settings, "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN", False):
        return []
    return [
        Error(
            "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN is on: passkeys are accepted from any origin.",
            hint="It follows DEBUG; set DEBUG=False.",
            id="accounts.E004",
        )
    ]
