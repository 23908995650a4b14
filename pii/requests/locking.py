"""One request, locked, in the scope that its work needs."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from uuid import UUID

from django.db import transaction

from tenancy import system_scope

from ..models import DataRequest


@contextlib.contextmanager
def locked(request: DataRequest | UUID, *, reason: str) -> Iterator[DataRequest]:
    """The request's row under lock, in a transaction in system scope. Raises DataRequest.DoesNotExist."""
    key = request.pk if isinstance(request, DataRequest) else request
    with system_scope(reason=f"privacy request: {reason}"), transaction.atomic():
        yield DataRequest.objects.select_for_update().get(pk=key)
