"""Sweeps what no import answers for any more: staged rows and kept files whose import or tenant is gone."""

from __future__ import annotations

from uuid import UUID

from django.core.files.storage import default_storage
from django.db import connection

from tenancy import system_scope

from .database import ROWS
from .models import MemberImport


def drop_rows() -> int:
    """Delete staged rows whose import is gone; returns how many."""
    with system_scope(reason="staged rows are swept"), connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {ROWS} s WHERE NOT EXISTS (SELECT FROM members_memberimport i WHERE i.id = s.import_id)"
        )
        return int(cursor.rowcount)


def drop_orphans() -> int:
    """Delete kept files that no import names; returns how many."""
    dropped = 0
    if not default_storage.exists("tenants"):
        return dropped
    with system_scope(reason="kept files are swept"):
        for tenant in default_storage.listdir("tenants")[0]:
            folder = f"tenants/{tenant}/imports"
            if not default_storage.exists(folder):
                continue
            names = [name for name in default_storage.listdir(folder)[1] if _is_key(name)]
            known = set(MemberImport.objects.filter(pk__in=names).exclude(file="").values_list("file", flat=True))
            for name in names:
                if f"{folder}/{name}" not in known:
                    default_storage.delete(f"{folder}/{name}")
                    dropped += 1
    return dropped


def _is_key(name: str) -> bool:
    try:
        UUID(name)
    except ValueError:
        return False
    return True
