"""Finding members of the tenant in scope: by the beginning of any of their names, or of their address."""

from __future__ import annotations

import re

from django.db import models

from tenancy.models import UserTenantMembership

from .keys import search_key, starts_with
from .models import MemberWord

MAX_WORDS = 5
_BREAKS = re.compile(r"[\s.,;:_/()\"'+-]+")

CATCH_UP = """
WITH written AS MATERIALIZED (
    SELECT DISTINCT h.id FROM console_historicalusertenantmembership h
    WHERE h.tenant_id = %(tenant)s AND h.history_change_reason = %(reason)s
)
INSERT INTO workspace_memberword (id, tenant_id, membership_id, word)
SELECT gen_random_uuid(), m.tenant_id, m.id, word FROM written
JOIN tenancy_usertenantmembership m ON m.id = written.id AND m.tenant_id = %(tenant)s
JOIN accounts_user u ON u.id = m.user_id
CROSS JOIN LATERAL workspace_member_words(
    m.display_name, CASE WHEN m.entered_at IS NULL THEN '' ELSE u.full_name END, u.email
) AS word
WHERE NOT EXISTS (SELECT FROM workspace_memberword w WHERE w.tenant_id = m.tenant_id AND w.membership_id = m.id)
"""
"""Adds the words of the members whom a large import wrote (`console.members.indexing`); run again, it adds nothing."""


def search_members(text: str) -> models.QuerySet[UserTenantMembership]:
    """Members in scope, their accounts loaded, who match every word of `text`. An empty text finds all."""
    found: models.QuerySet[UserTenantMembership] = UserTenantMembership.objects.select_related("user")
    if not text.strip():
        return found
    words = words_of(text)
    if not words:
        return found.none()
    for word in words:
        found = found.filter(pk__in=MemberWord.objects.filter(starts_with("word", word)).values("membership_id"))
    return found


def words_of(text: str) -> list[str]:
    """The words to look for: addresses as they stand, everything else broken up and spelled as it is stored."""
    words: list[str] = []
    for part in text.replace("\0", " ").split()[:MAX_WORDS]:
        words += [part.lower()] if "@" in part else [search_key(word) for word in _BREAKS.split(part)]
    return [word[:100] for word in words if word][:MAX_WORDS]
