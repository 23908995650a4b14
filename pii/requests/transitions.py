"""The one table of moves between the states of a request."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from ..exceptions import RequestRefused
from ..models import DataRequest, RequestEvent, State

TRANSITIONS: dict[tuple[str, str], frozenset[str]] = {
    # (verb, from) → to
    ("doubt_identity", State.RECEIVED): frozenset({State.IDENTITY}),
    ("confirm_identity", State.RECEIVED): frozenset({State.RECEIVED}),
    ("confirm_identity", State.IDENTITY): frozenset({State.RECEIVED}),
    ("plan", State.RECEIVED): frozenset({State.PLANNED}),
    ("plan", State.PLANNED): frozenset({State.PLANNED}),
    ("plan", State.APPROVED): frozenset({State.PLANNED}),  # the data or the registry moved: approve again
    ("plan", State.FAILED): frozenset({State.PLANNED}),
    ("approve", State.PLANNED): frozenset({State.APPROVED}),
    ("run", State.APPROVED): frozenset({State.RUNNING}),
    ("export", State.PLANNED): frozenset({State.RUNNING}),
    ("run", State.FAILED): frozenset({State.RUNNING}),
    ("restrict", State.RECEIVED): frozenset({State.DONE}),
    ("restrict", State.PLANNED): frozenset({State.DONE}),
    ("close", State.RECEIVED): frozenset({State.DONE}),  # a rectification that was carried out
    ("close", State.PLANNED): frozenset({State.DONE}),
    ("verify", State.RUNNING): frozenset({State.VERIFYING}),
    ("finish", State.VERIFYING): frozenset({State.DONE}),
    ("finish", State.RUNNING): frozenset({State.DONE}),  # kinds that erase nothing have nothing to prove
    ("fail", State.RUNNING): frozenset({State.FAILED}),
    ("fail", State.VERIFYING): frozenset({State.FAILED}),
    **{
        (verb, state): frozenset({to})
        for verb, to in (("refuse", State.REFUSED), ("withdraw", State.WITHDRAWN))
        for state in (State.RECEIVED, State.IDENTITY, State.PLANNED, State.APPROVED)
    },
}


def move(request: DataRequest, verb: str, *, by: Any, note: str = "", **changes: Any) -> DataRequest:
    """Carry out one transition on a locked row: check the table, write the state and one event.

    `changes` are further columns to set. Raises RequestRefused for a move that is not in the table.
    """
    allowed = TRANSITIONS.get((verb, request.state))
    if not allowed:
        raise RequestRefused(
            f"“{verb.replace('_', ' ')}” is not possible while the request is {request.get_state_display().lower()}.",
            code="wrong_state",
        )
    before, (request.state,) = request.state, tuple(allowed)
    for name, value in changes.items():
        setattr(request, name, value)
    request.save(update_fields=["state", *changes])
    write_event(request, verb, by=by, note=note, from_state=before, to_state=request.state)
    return request


def write_event(
    request: DataRequest, verb: str, *, by: Any, note: str = "", from_state: str = "", to_state: str = ""
) -> RequestEvent:
    """Append one line to the request's life. `note` is a ground or a count, never personal data."""
    return RequestEvent.objects.create(
        request=request,
        at=timezone.now(),
        verb=verb,
        from_state=from_state,
        to_state=to_state,
        actor_key=str(getattr(by, "pk", by) or ""),
        note=note[:200],
    )
