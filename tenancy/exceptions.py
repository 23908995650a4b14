"""Every error of the app, each with a message that names the remedy."""

from __future__ import annotations

from uuid import UUID

from django.db import IntegrityError


class TenancyError(Exception):
    """Base class of all errors raised by this app."""


class TenantScopeRequired(TenancyError):
    """A tenant-owned model was touched without a scope that covers it; `tenant_id` is set where it is known."""

    def __init__(self, message: str, *, tenant_id: UUID | None = None) -> None:
        super().__init__(message)
        self.tenant_id = tenant_id


class CrossTenantAccess(TenancyError):
    """Code in one tenant's scope named another tenant's row."""


class NotInScope(TenancyError):
    """A write named a row by a key under which this scope has none: gone, or another tenant's. Answered as 404."""


class KeyNotFree(NotInScope, IntegrityError):
    """A new row came with a key that is taken, by whomever; keys of new rows are drawn, not chosen."""


class ScopeNotAllowed(TenancyError):
    """A scope was opened where it would not hold."""


class TenantRefused(TenancyError):
    """A domain rule refused the act; the message may be shown to the person who asked.

    `code` is stable and machine-readable (for example ``last_owner``).
    """

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message)
        self.code = code


class EncryptionError(TenancyError):
    """A value could not be encrypted or decrypted."""


class EncryptionKeyMissing(EncryptionError):
    """No usable encryption key is configured."""


class DecryptionFailed(EncryptionError):
    """A token was altered, moved to another context, or its key is gone. Carries neither token nor text."""
