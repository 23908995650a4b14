"""Every error of the app, each with a message that names the remedy and no personal data."""

from __future__ import annotations

from tenancy import TenantRefused


class PiiError(Exception):
    """Base class of all errors raised by this app."""


class DeclarationError(PiiError):
    """A declaration is wrong: unknown field, duplicate, lazy waiver, or an empty registry."""


class RequestRefused(PiiError, TenantRefused):
    """A rule of the request's life refused the act; the message may be shown to the person who asked.

    `code` is stable and machine-readable (for example ``four_eyes``). Whatever shows a TenantRefused shows this too.
    """


class ProofVoid(PiiError):
    """A scan could not see everything, so that finding nothing proves nothing."""
