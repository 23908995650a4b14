"""The platform's overrides and locks as requests read them: no query where the process knows the row's revision.

The middleware's own statement brings the revision along (`tenancy.account`), so that a change made
by another process counts from the next request on. A request without a tenant reads the row, once.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import UUIDField
from django.db.models.expressions import RawSQL

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
_newest = Platform()  # the last snapshot that this process read; a revision is drawn anew by every write


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
    global _newest
    from ..models import PlatformSettings

    row = PlatformSettings.objects.filter(pk=PlatformSettings.SINGLE).first()
    if row is None:
        return Platform()
    locks = {
        name: Lock(str(lock.get("by", "")), str(lock.get("at", "")), str(lock.get("reason", "")))
        for name, lock in row.locks.items()
    }
    made = _newest = Platform(row.revision, row.version, row.document, locks)
    return made


def revision_column() -> RawSQL:
    """The row's revision as an annotation of any query: told to `seen`, it saves the request a query of its own."""
    return RawSQL(_REVISION, (), output_field=UUIDField())  # type: ignore[no-untyped-call]  # noqa: S611 - a constant


_REVISION = "SELECT revision FROM tenancy_platformsettings WHERE id = 1"  # a constant: resolving an ORM subquery costs


def seen(revision: UUID | None) -> None:
    """Say which revision the row has now; what this process read of that revision serves the request."""
    held = _held.get()
    if held is None or held.platform is not None:
        return
    if revision is None:
        held.platform = Platform()
    elif revision == _newest.revision:
        held.platform = _newest


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
