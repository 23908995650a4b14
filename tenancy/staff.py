"""The one place where the staff scope is opened: for a person who is staff at this moment, with what they opened."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied

from .scope import Scope, staff_scope


def is_staff_now(person: Any) -> bool:
    """Whether the staff scope may be opened for this person: active, and of the staff."""
    return bool(person is not None and person.is_authenticated and person.is_active and person.is_staff)


@contextmanager
def staff_at_work(person: Any, *, reason: str, records: Callable[[], frozenset[UUID]] = frozenset) -> Iterator[Scope]:
    """Open the directory of all tenants to `person`, and the records of the tenants that `records` names.

    `records` is called in the directory's scope, before any record is open. Raises PermissionDenied for anybody who is
    not active staff; ValueError without a reason.
    """
    if not is_staff_now(person):
        raise PermissionDenied("The staff scope is opened for active staff only.")
    with staff_scope(actor=person.pk, reason=reason) as directory:
        content = records()
        if not content:
            yield directory
            return
    with staff_scope(actor=person.pk, reason=reason, content=content) as opened:
        yield opened
