"""What this app does by the clock and later; a project's queue finds it here."""

from __future__ import annotations

from .jobs import job, periodic
from .lifecycle import lift_ended_suspensions
from .purge import JOB, carry_out_purge
from .scope import system_scope


@periodic("*/5 * * * *", "tenancy.lift_ended_suspensions")
def lift_suspensions(key: str) -> None:
    """Open the tenants whose suspension has ended."""
    with system_scope(reason="suspensions end by themselves"):
        lift_ended_suspensions()


@job(JOB, attempts=3, wait_seconds=60)
def purge(key: str) -> None:
    """Carry out an ordered purge."""
    carry_out_purge(key)
