"""Many records at once, history included: one statement for the rows and one for their history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import models, transaction
from simple_history.utils import get_history_manager_for_model

from console.history import request_id
from tenancy.audit import current_change


@transaction.atomic
def create_with_history(rows: Sequence[models.Model], *, by: Any) -> None:
    """Insert new rows of one model and their history."""
    if rows:
        type(rows[0])._default_manager.bulk_create(rows, batch_size=1_000)
        write_history(rows, by=by)


def write_history(rows: Sequence[models.Model], *, by: Any, changed: bool = False) -> None:
    """Insert a history row per row, as created or as changed: what the signals do for single saves."""
    get_history_manager_for_model(type(rows[0])).bulk_history_create(
        rows,
        batch_size=1_000,
        update=changed,
        default_user=by,
        default_change_reason=current_change().reason or None,
        custom_historical_attrs={
            "history_actor": getattr(by, "email", "") or "",
            "history_request_id": request_id(),
        },
    )
