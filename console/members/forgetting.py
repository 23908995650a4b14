"""Takes a person out of kept files and staged rows, for an erasure."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import connection

from tenancy import system_scope

from .database import ROWS
from .files import FileRefused, MappingError, detect, read_rows
from .flow import purge
from .models import MemberImport
from .reading import kept_file, overrides_of
from .targets import TARGETS


def forget(emails: Iterable[str], tenant_id: UUID | None = None) -> int:
    """Purge the imports whose file names one of `emails`, in one tenant or in all; returns how many.

    A file that cannot be read any more is purged too: nobody can prove that it does not name the person.
    """
    wanted = {email.lower() for email in emails}
    if not wanted:
        return 0
    purged = 0
    with system_scope(reason="a person is erased from imports"):
        kept = MemberImport.objects.exclude(file="")
        if tenant_id is not None:
            kept = kept.filter(tenant_id=tenant_id)
        for item in kept:
            if _staged(item, wanted) or _names(item, wanted):
                purge(item)
                purged += 1
        purged += _ownerless(tenant_id)
    return purged


def _ownerless(tenant_id: UUID | None) -> int:
    """Drop staged rows whose import is gone with its tenant: nobody will ever ask for them."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {ROWS} r WHERE NOT EXISTS (SELECT FROM members_memberimport i WHERE i.id = r.import_id) "
            "AND (%s::uuid IS NULL OR r.tenant_id = %s)",
            [tenant_id, tenant_id],
        )
        return int(cursor.rowcount)


def _staged(item: MemberImport, wanted: set[str]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT EXISTS (SELECT FROM {ROWS} WHERE import_id = %s AND key = ANY(%s))", [item.pk, sorted(wanted)]
        )
        row = cursor.fetchone()
    return bool(row and row[0])


def _names(item: MemberImport, wanted: set[str]) -> bool:
    try:
        with kept_file(item) as path:
            rows, _ = read_rows(detect(path, TARGETS[item.target].file, overrides_of(item)))
            return any(row.key in wanted or any(_holds(cell, wanted) for cell in row.cells) for row in rows)
    except (FileRefused, MappingError):
        return True


def _holds(cell: str, wanted: set[str]) -> bool:
    return "@" in cell and any(email in cell.lower() for email in wanted)
