"""The app's periodic work."""

from __future__ import annotations

from tenancy.jobs import periodic

from .retention import purge_invitations


@periodic("40 3 * * *", "preferences.purge_invitations")
def purge(key: str) -> None:
    """Once a night."""
    purge_invitations()
