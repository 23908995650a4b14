"""The port through which acts are recorded, and who, why and when stands beside the history rows written meanwhile."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Model
from django.utils import timezone

from .signals import act_recorded

logger = logging.getLogger("tenancy.audit")


@dataclass(frozen=True, slots=True)
class Change:
    """On whose behalf, why, and (only where the past is written down later) at what moment something is changed."""

    by: Any = None
    reason: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """One recorded act. `by` is a user, a user's key, or None for the command line and the system."""

    verb: str
    by: Any
    at: datetime
    tenant_id: UUID | None = None
    target_model: str = ""
    target_id: str = ""
    reason: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


_NO_CHANGE = Change()
_change: ContextVar[Change] = ContextVar("tenancy_change", default=_NO_CHANGE)


@contextlib.contextmanager
def changing(*, by: Any, reason: str = "", at: datetime | None = None) -> Iterator[Change]:
    """Set the actor and the reason of every history row written inside. `at` dates them (aware); it is inherited."""
    outer = _change.get()
    change = Change(by=by, reason=reason or (outer.reason if outer.by == by else ""), at=at or outer.at)
    token = _change.set(change)
    try:
        yield change
    finally:
        _change.reset(token)


def current_change() -> Change:
    """The innermost `changing` block; an empty Change outside of one."""
    return _change.get()


def moment() -> datetime:
    """Now, or the moment that the enclosing `changing` block says."""
    return _change.get().at or timezone.now()


def record(
    verb: str,
    *,
    by: Any,
    tenant: Any = None,
    target: Model | None = None,
    reason: str = "",
    details: Mapping[str, Any] | None = None,
) -> Act:
    """Write down that `by` did `verb` (``tenant.suspended``), inside the caller's transaction.

    `tenant` is a tenant or its key; `target` the object acted on. `details` are small JSON values and ids, never
    personal data. A receiver that fails aborts the act: nothing privileged happens off the record.
    """
    act = Act(
        verb=verb,
        by=by,
        at=moment(),
        tenant_id=getattr(tenant, "pk", tenant),
        target_model=target._meta.label_lower if target is not None else "",
        target_id=str(target.pk) if target is not None else "",
        reason=reason,
        details=dict(details or {}),
    )
    by_id = getattr(by, "pk", by)
    logger.info("%s by=%s tenant=%s target=%s:%s", verb, by_id, act.tenant_id, act.target_model, act.target_id)
    act_recorded.send(sender=Act, act=act)
    return act
