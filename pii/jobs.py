"""The app's jobs; every argument is a key."""

from __future__ import annotations

from tenancy import jobs


@jobs.job("pii.erase", attempts=5)
def erase(key: str) -> None:
    """Carry out, or resume, one approved erasure."""
    from .erase import run_erasure

    run_erasure(key)
