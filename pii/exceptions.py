"""Every error of the app, each with a message that names the remedy and no personal data."""

from __future__ import annotations


class PiiError(Exception):
    """Base class of all errors raised by this app."""


class DeclarationError(PiiError):
    """A declaration is wrong: unknown field, duplicate, lazy waiver, or an empty registry."""


class RequestRefused(PiiError):
    """A rule of the request's life refused the act; the message may be shown to the person who asked.

    `code` is stable and machine-readable (for example ``four_eyes``).
    """

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message)
        self.code = code


class ProofVoid(PiiError):
    """A scan could not see everything, so that finding nothing proves nothing."""
