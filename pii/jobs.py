"""The app's jobs; every argument is a key."""

from __future__ import annotations

from tenancy import jobs


@jobs.job("pii.erase", attempts=5)
def erase(key: str) -> None:
    """Carry out, or resume, one approved erasure."""
    from .erase import run_erasure

    run_erasure(key)


@jobs.job("pii.export", attempts=3)
def export(key: str) -> None:
    """Build one export package."""
    from .export import run_export

    run_export(key)


@jobs.periodic("20 2 * * *", "pii.purge_packages")
def purge(key: str) -> None:
    """Remove expired packages."""
    from .export import purge_packages

    purge_packages()


@jobs.periodic("40 2 * * *", "pii.retention")
def retention(key: str) -> None:
    """Erase what has outlived its span."""
    from .retention import sweep

    sweep()


@jobs.periodic("0 6 * * 1-5", "pii.reminders")
def reminders(key: str) -> None:
    """Remind the officers of requests that are nearly due."""
    from .reminders import remind

    remind()
