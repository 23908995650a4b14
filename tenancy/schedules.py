"""What this app does by the clock; a project's queue finds it here."""

from __future__ import annotations

from .jobs import periodic
from .lifecycle import lift_ended_suspensions
from .scope import system_scope


@periodic("*/5 * * * *", "tenancy.lift_ended_suspensions")
def lift_suspensions(key: str) -> None:
    """Open the tenants whose suspension has ended."""
    with system_scope(reason="suspensions end by themselves"):
        lift_ended_suspensions()
