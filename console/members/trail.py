"""Writes history rows for many rows at once, as django-simple-history writes them one by one."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model

from console.request_id import current_request_id
from tenancy import system_scope


def history_insert(model: Any, source: str, kind: str) -> str:
    """SQL that adds one history row for each row of `source` (a query's name with all columns of `model`'s table).

    `kind` is ``+``, ``~`` or ``-``. Names the parameters of `history_parameters`.
    """
    history = model.history.model
    tracked = [field.column for field in history.tracked_fields]
    names = ", ".join(f'"{column}"' for column in tracked)
    return (
        f'INSERT INTO "{history._meta.db_table}" ({names}, history_date, history_type, history_change_reason, '
        "history_user_id, history_actor, history_request_id) "
        f"SELECT {names}, %(moment)s, '{kind}', %(reason)s, %(actor)s, %(address)s, %(request)s FROM {source}"
    )


def history_parameters(actor_id: Any, moment: Any) -> dict[str, Any]:
    """Who and when, for `history_insert`; the statement's own parameters add the reason.

    The address is looked up beyond the tenant: staff are no members, and the row keeps it as it is now.
    """
    address = ""
    if actor_id is not None:
        with system_scope(reason="the actor's address stands in the history"):
            address = (
                get_user_model()._default_manager.filter(pk=actor_id).values_list("email", flat=True).first() or ""
            )
    return {
        "actor": actor_id,
        "address": address,
        "request": current_request_id(),
        "moment": moment,
    }
