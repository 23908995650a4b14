"""Adds the staff's search words for the people of a large import, after the merge instead of inside it."""

from __future__ import annotations

from django.db import connection

from tenancy import system_scope

from .database import parameters
from .models import MemberImport

AT_ONCE = 2_000
"""Imports up to this many rows are searchable as soon as they are written."""

_PEOPLE = """
INSERT INTO operations_searchtoken (kind, token, object_id)
SELECT 'person', word, u.id FROM accounts_user u
CROSS JOIN LATERAL operations_search_words(ARRAY[u.email::text, u.full_name::text]) AS word
WHERE u.id IN (
        SELECT h.user_id FROM {history} h WHERE h.tenant_id = %(tenant)s AND h.history_change_reason = %(reason)s
    )
    AND NOT EXISTS (SELECT FROM operations_searchtoken t WHERE t.object_id = u.id AND t.kind = 'person')
ORDER BY word
"""
_MEMBERS = """
INSERT INTO operations_searchtoken (kind, token, object_id)
SELECT 'membership', word, m.id FROM tenancy_usertenantmembership m
CROSS JOIN LATERAL operations_search_words(ARRAY[m.display_name::text, m.external_id::text]) AS word
WHERE m.tenant_id = %(tenant)s
    AND m.id IN (SELECT h.id FROM {history} h WHERE h.tenant_id = %(tenant)s AND h.history_change_reason = %(reason)s)
    AND NOT EXISTS (SELECT FROM operations_searchtoken t WHERE t.object_id = m.id AND t.kind = 'membership')
ORDER BY word
"""


def later(on: bool) -> None:
    """Tell the triggers of this transaction whether words come later."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL operations.search_later = %s", ["on" if on else "off"])


def index(item: MemberImport) -> int:
    """Add the words that are missing for everybody whom the import wrote; run again, it adds nothing."""
    history = "console_historicalusertenantmembership"
    with system_scope(reason=f"search words of {item.reason}"), connection.cursor() as cursor:
        cursor.execute(_PEOPLE.format(history=history), parameters(item))
        added = cursor.rowcount
        cursor.execute(_MEMBERS.format(history=history), parameters(item))
        return int(added + cursor.rowcount)
