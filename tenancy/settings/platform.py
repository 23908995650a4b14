"""The platform's overrides and locks as requests read them: one row, at most one query per request."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from .resolution import Lock


@dataclass(frozen=True, slots=True)
class Platform:
    """A snapshot of the row; `revision` is None where nothing was ever set."""

    revision: UUID | None = None
    version: int = 0
    document: Mapping[str, Any] = field(default_factory=dict)
    locks: Mapping[str, Lock] = field(default_factory=dict)


class _Held:
    """Room for the snapshot of one request or block."""

    __slots__ = ("platform",)

    def __init__(self) -> None:
        self.platform: Platform | None = None


_held: ContextVar[_Held | None] = ContextVar("tenancy_platform_settings", default=None)
_writes = 0  # counts this process's own writes: what was read before them is stale here at once


def current_platform() -> Platform:
    """The platform's settings; one query, or none where the request or block has read them already."""
    held = _held.get()
    if held is None:
        return read()
    if held.platform is None:
        held.platform = read()
    return held.platform


def read() -> Platform:
    """The row as it is now."""
    from ..models import PlatformSettings

    row = PlatformSettings.objects.filter(pk=PlatformSettings.SINGLE).first()
    if row is None:
        return Platform()
    locks = {
        name: Lock(str(lock.get("by", "")), str(lock.get("at", "")), str(lock.get("reason", "")))
        for name, lock in row.locks.items()
    }
    return Platform(row.revision, row.version, row.document, locks)


@contextlib.contextmanager
def one_reading() -> Iterator[None]:
    """Read the platform's settings once for everything inside: for commands and jobs that walk over tenants."""
    token = _held.set(_Held())
    try:
        yield
    finally:
        _held.reset(token)


def writes() -> int:
    """How often this process wrote them; a config that was made before is not current."""
    return _writes


def written() -> None:
    """Forget what was read: this process has just written the row."""
    global _writes
    _writes += 1
    held = _held.get()
    if held is not None:
        held.platform = None


def begin_request(**kwargs: Any) -> None:
    """Receiver of `request_started`: the request reads for itself, whatever the thread served before."""
    _held.set(_Held())


def end_request(**kwargs: Any) -> None:
    """Receiver of `request_finished`: code outside of requests reads afresh every time."""
    _held.set(None)


def connect() -> None:
    """Connect the receivers; called when the app is ready."""
    from django.core.signals import request_finished, request_started

    request_started.connect(begin_request, dispatch_uid="tenancy-platform-settings")
    request_finished.connect(end_request, dispatch_uid="tenancy-platform-settings")
