"""Adds the staff's search words for the people of a large import, after the merge instead of inside it."""

from __future__ import annotations

from django.db import connection

from tenancy import system_scope

from .database import parameters
from .models import MemberImport

AT_ONCE = 2_000
"""Imports up to this many rows are searchable as soon as they are written."""

# The list comes first and materialised: a young tenant has no statistics, and naming
# it for the memberships too would make the planner walk all of them for each.
_PEOPLE = """
WITH written AS MATERIALIZED (
    SELECT DISTINCT h.user_id AS id FROM console_historicalusertenantmembership h
    WHERE h.tenant_id = %(tenant)s AND h.history_change_reason = %(reason)s
)
INSERT INTO operations_searchtoken (kind, token, object_id)
SELECT 'person', word, u.id FROM written JOIN accounts_user u ON u.id = written.id
CROSS JOIN LATERAL operations_search_words(ARRAY[u.email::text, u.full_name::text]) AS word
WHERE NOT EXISTS (SELECT FROM operations_searchtoken t WHERE t.object_id = u.id AND t.kind = 'person')
ORDER BY word
"""
_MEMBERS = """
WITH written AS MATERIALIZED (
    SELECT DISTINCT h.id FROM console_historicalusertenantmembership h
    WHERE h.tenant_id = %(tenant)s AND h.history_change_reason = %(reason)s
)
INSERT INTO operations_searchtoken (kind, token, object_id)
SELECT 'membership', word, m.id FROM written JOIN tenancy_usertenantmembership m ON m.id = written.id
CROSS JOIN LATERAL operations_search_words(ARRAY[m.display_name::text, m.external_id::text]) AS word
WHERE NOT EXISTS (SELECT FROM operations_searchtoken t WHERE t.object_id = m.id AND t.kind = 'membership')
ORDER BY word
"""

FURTHER: list[str] = []
"""Statements by which other apps add words of their own; they name the parameters of `parameters`."""


def later(on: bool) -> None:
    """Tell the triggers of this transaction whether words come later."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL operations.search_later = %s", ["on" if on else "off"])


def index(item: MemberImport) -> int:
    """Add the words that are missing for everybody whom the import wrote; run again, it adds nothing."""
    with system_scope(reason=f"search words of {item.reason}"), connection.cursor() as cursor:
        cursor.execute(_PEOPLE, parameters(item))
        added = cursor.rowcount
        for statement in (_MEMBERS, *FURTHER):
            cursor.execute(statement, parameters(item))
            added += cursor.rowcount
        return int(added)
