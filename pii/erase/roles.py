"""Enter a database role of its own for the length of a block, inside a transaction."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from django.db import DatabaseError, connection

from .. import conf


@contextlib.contextmanager
def acting_as(setting: str) -> Iterator[None]:
    """Run as the role named by the setting ``ERASE_ROLE`` or ``SCAN_ROLE``; as the current one where it is None.

    ``SET LOCAL`` ends with the transaction at the latest, so that a role cannot leak to the connection's next user.
    """
    role = conf.get(setting)
    if callable(role):
        role = role()
    if not role:
        yield
        return
    quoted = connection.ops.quote_name(role)
    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(current_user)")
        before = cursor.fetchone()[0]
        cursor.execute(f"SET LOCAL ROLE {quoted}")
    try:
        yield
    finally:
        with contextlib.suppress(DatabaseError), connection.cursor() as cursor:  # a broken transaction resets it itself
            cursor.execute(f"SET LOCAL ROLE {before}")
