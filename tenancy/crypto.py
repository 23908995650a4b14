"""Values encrypted at rest: second-factor secrets, secret settings.

Fernet (AES-128-CBC with HMAC-SHA256) under a key derived by HKDF (RFC 5869) from each configured key and a `context`,
so that a token moved to another column, or to another tenant's row, does not open there. The keys stand in
``settings.TENANCY["ENCRYPTION_KEYS"]``: a list of Fernet keys or a callable that returns one, newest first. The first
key encrypts, all of them decrypt; to rotate, put a new key in front, rewrite every token with `rotate`, drop the old.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

from . import conf
from .exceptions import DecryptionFailed, EncryptionKeyMissing

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet


def encrypt(text: str, *, context: str) -> str:
    """The token (URL-safe ASCII) of `text`. `context` names where it will stand, for example ``mfa`` or a row's key.

    Raises EncryptionKeyMissing without usable keys.
    """
    return _fernet(context).encrypt(text.encode()).decode("ascii")


def decrypt(token: str, *, context: str) -> str:
    """The text of `token`, which was encrypted with the same `context`.

    Raises DecryptionFailed when it was not, was altered, or its key is gone; EncryptionKeyMissing without usable keys.
    """
    from cryptography.fernet import InvalidToken

    try:
        return _fernet(context).decrypt(token.encode()).decode()
    except InvalidToken:
        raise DecryptionFailed(_FAILED.format(context=context)) from None


def rotate(token: str, *, context: str) -> str:
    """`token` encrypted anew with the first key, its time of encryption kept. Raises as `decrypt` does."""
    from cryptography.fernet import InvalidToken

    try:
        return _fernet(context).rotate(token.encode()).decode("ascii")
    except InvalidToken:
        raise DecryptionFailed(_FAILED.format(context=context)) from None


def register_rotator(label: str, rotator: Callable[..., int]) -> None:
    """Have ``manage.py rotate_encryption_keys`` call ``rotator(dry_run=)``: it rewrites what an app stores encrypted
    and returns how many values; `label` names them. Call it in ``AppConfig.ready()``.
    """
    _rotators[label] = rotator


def rotate_all(*, dry_run: bool = False) -> dict[str, int]:
    """Rewrite everything encrypted with the newest key; how many values, by label. Raises as `rotate` does."""
    return {label: rotator(dry_run=dry_run) for label, rotator in _rotators.items()}


_rotators: dict[str, Callable[..., int]] = {}


def encryption_keys() -> tuple[str, ...]:
    """The configured keys, newest first. Raises EncryptionKeyMissing when there is none."""
    keys = conf.get("ENCRYPTION_KEYS")
    keys = tuple(keys() if callable(keys) else keys)
    if not keys:
        raise EncryptionKeyMissing(
            'No encryption key: set TENANCY["ENCRYPTION_KEYS"] to a list of Fernet keys (`cryptography.fernet.'
            "Fernet.generate_key()` makes one)."
        )
    return keys


_FAILED = (
    "A value of context '{context}' does not decrypt: it was altered or moved, or its key is no longer in "
    'TENANCY["ENCRYPTION_KEYS"].'
)


def _fernet(context: str) -> MultiFernet:
    if not context:
        raise ValueError("Say where the value stands: an empty context would bind it to nothing.")
    return _derived(encryption_keys(), context)


@lru_cache(maxsize=256)
def _derived(keys: tuple[str, ...], context: str) -> MultiFernet:
    from cryptography.fernet import Fernet, MultiFernet
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    fernets = []
    for position, key in enumerate(keys, 1):
        try:
            raw = base64.urlsafe_b64decode(key)
        except (binascii.Error, ValueError):
            raw = b""
        if len(raw) != 32:
            raise EncryptionKeyMissing(f"Encryption key number {position} is not 32 bytes in URL-safe base64.")
        derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=context.encode()).derive(raw)
        fernets.append(Fernet(base64.urlsafe_b64encode(derived)))
    return MultiFernet(fernets)
