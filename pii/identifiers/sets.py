"""The frozen set of identifiers of one person."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING

from django.conf import settings

from ..categories import Trace
from .normal import normal_email, normal_key, normal_name, normal_phone

if TYPE_CHECKING:
    from .matcher import Matcher

_NORMAL = {
    Trace.EMAIL: normal_email,
    Trace.PHONE: normal_phone,
    Trace.NAME: normal_name,
    Trace.KEY: normal_key,
}


@dataclass(frozen=True)
class Identifiers:
    """Values in normal form. Equal sets of values are equal objects; adding makes a new one."""

    emails: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    keys: frozenset[str] = frozenset()

    @classmethod
    def of(cls, values: Iterable[tuple[Trace | str, str]]) -> Identifiers:
        """From (kind, value) pairs as typed or stored; what has no normal form is left out."""
        sets: dict[str, set[str]] = {"emails": set(), "phones": set(), "names": set(), "keys": set()}
        for kind, value in values:
            normal = _NORMAL[Trace(kind)](str(value))
            if normal:
                sets[f"{Trace(kind).value}s"].add(normal)
        return cls(**{name: frozenset(found) for name, found in sets.items()})

    def __or__(self, other: Identifiers) -> Identifiers:
        return Identifiers(**{f.name: getattr(self, f.name) | getattr(other, f.name) for f in fields(self)})

    def __sub__(self, other: Identifiers) -> Identifiers:
        return Identifiers(**{f.name: getattr(self, f.name) - getattr(other, f.name) for f in fields(self)})

    def __bool__(self) -> bool:
        return any(getattr(self, f.name) for f in fields(self))

    def as_json(self) -> dict[str, list[str]]:
        return {f.name: sorted(getattr(self, f.name)) for f in fields(self)}

    @classmethod
    def from_json(cls, data: dict[str, list[str]]) -> Identifiers:
        return cls(**{f.name: frozenset(data.get(f.name, ())) for f in fields(cls)})

    @cached_property
    def _matcher(self) -> Matcher:
        from .matcher import Matcher

        return Matcher(self)

    def matcher(self) -> Matcher:
        """The compiled search for these identifiers in every spelling."""
        return self._matcher

    def keyed_hashes(self) -> list[str]:
        """HMACs of the addresses, numbers and keys: they recognise a value again without holding it."""
        return sorted(keyed_hash(value) for value in self.emails | self.phones | self.keys)


def keys() -> list[str]:
    """The secret in force, then those that it replaced (``SECRET_KEY_FALLBACKS``): what they signed still counts."""
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


def keyed_hashes_of(value: str) -> list[str]:
    """The hashes that `value` may have been remembered by: under the secret in force, and under earlier ones."""
    return [keyed_hash(value, secret) for secret in keys()]


def keyed_hash(value: str, secret: str | None = None) -> str:
    """HMAC-SHA256 of a normal form under a key derived from SECRET_KEY (or `secret`)."""
    key = hashlib.sha256(b"pii.tombstone" + (secret or settings.SECRET_KEY).encode()).digest()
    return hmac.new(key, value.encode(), hashlib.sha256).hexdigest()
