"""Secret settings: encrypted at rest for one owner and one name, opened only by the code that needs the text."""

from __future__ import annotations

from typing import Any
from uuid import UUID

SEALED = "$secret"  # the key under which a token stands in a document
_NAME = "as"  # the name it was sealed under: an upgrade may rename the setting afterwards


class Secret:
    """A secret as code reads it: `reveal()` decrypts. Nothing else shows it, neither `repr` nor pickling."""

    __slots__ = ("_owner", "_sealed")

    def __init__(self, sealed: dict[str, Any], owner: UUID | None) -> None:
        self._sealed = sealed
        self._owner = owner

    def reveal(self) -> str:
        """The text. Raises DecryptionFailed when it was altered, moved from another tenant, or its key is gone."""
        return unseal(self._sealed, self._owner)

    def __repr__(self) -> str:
        return "<secret>"

    def __reduce__(self) -> Any:
        raise TypeError("A secret is not pickled: it would travel to caches and queues.")


def is_sealed(value: Any) -> bool:
    """Whether `value` is a sealed secret as documents hold it."""
    return isinstance(value, dict) and isinstance(value.get(SEALED), str)


def seal(text: str, name: str, owner: UUID | None) -> dict[str, str]:
    """Encrypt `text` for the setting `name` of a tenant (`owner`; None: the platform)."""
    from ..crypto import encrypt

    return {SEALED: encrypt(text, context=_context(name, owner)), _NAME: name}


def unseal(sealed: dict[str, Any], owner: UUID | None) -> str:
    """The text of a sealed secret. Raises DecryptionFailed for another owner's."""
    from ..crypto import decrypt

    return decrypt(sealed[SEALED], context=_context(str(sealed.get(_NAME)), owner))


def reseal(sealed: dict[str, Any], owner: UUID | None) -> dict[str, Any]:
    """The same secret under the newest key."""
    from ..crypto import rotate

    return {**sealed, SEALED: rotate(sealed[SEALED], context=_context(str(sealed.get(_NAME)), owner))}


def _context(name: str, owner: UUID | None) -> str:
    return f"setting:{owner or 'platform'}:{name}"
