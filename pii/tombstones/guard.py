"""After a restore the journal knows of erasures that the database has forgotten: until they are replayed, no service.

System checks do not run under gunicorn, so ``wsgi.py``, ``asgi.py`` and the readiness endpoint call this.
"""

from __future__ import annotations

from django.db import ProgrammingError, connection

from tenancy import system_scope

from ..exceptions import PiiError
from ..models import Tombstone
from . import journal


def journal_ahead() -> int:
    """How many erasures of the journal the database does not know. One query; none where the journal is empty."""
    ids = [item["id"] for item in journal.read()]
    if not ids:
        return 0
    with system_scope(reason="compare the tombstone journal with the database"):
        try:
            known = {str(key) for key in Tombstone.objects.filter(pk__in=ids).values_list("pk", flat=True)}
        except ProgrammingError:  # the table itself is older than the backup
            return len(ids)
    return len(set(ids) - known)


def refuse_to_serve_unreplayed() -> None:
    """Raise PiiError while the journal is ahead of the database; closes the connection it used."""
    ahead = journal_ahead()
    if not connection.in_atomic_block:
        connection.close()  # a server forks after this
    if ahead:
        raise PiiError(
            f"{ahead} erasures are in the tombstone journal but not in this database: it was restored from a backup. "
            "Run `manage.py pii_replay` before serving."
        )
