"""Places that no declaration reaches (caches, folders, queues): functions that clean them in an erasure."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from .exceptions import DeclarationError

if TYPE_CHECKING:
    from .subjects import Subject

Cleaner = Callable[["Subject"], int]
_cleaners: dict[str, Cleaner] = {}


def on_erase(name: str) -> Callable[[Cleaner], Cleaner]:
    """Decorator: run the function in every erasure, before the account's own row.

    It takes the subject with frozen identifiers and rows and returns how many things it removed. It must be safe to
    run twice. Raises DeclarationError when `name` is taken.
    """

    def register(cleaner: Cleaner) -> Cleaner:
        if name in _cleaners:
            raise DeclarationError(f"The erasure hook '{name}' exists already.")
        _cleaners[name] = cleaner
        return cleaner

    return register


def cleans() -> dict[str, Cleaner]:
    """Every registered hook by name, in order of registration."""
    return dict(_cleaners)
