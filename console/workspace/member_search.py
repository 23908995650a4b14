"""Finding members of the tenant in scope: by the beginning of any of their names, or of their address."""

from __future__ import annotations

import re

from django.db import models

from console.members.indexing import written
from tenancy.models import UserTenantMembership

from .keys import search_key, starts_with
from .models import MemberWord

MAX_WORDS = 5
_BREAKS = re.compile(r"[\s.,;:_/()\"'+-]+")

_KNOWN = "SELECT FROM workspace_memberword w WHERE w.tenant_id = h.tenant_id AND w.membership_id = h.id"
CATCH_UP = f"""
WITH words AS (
    SELECT DISTINCT left(word, 100) COLLATE "C" AS word, id FROM (
        SELECT m.id, unnest(workspace_member_pieces(
            m.display_name, CASE WHEN m.entered_at IS NULL THEN '' ELSE u.full_name END, u.email
        )) AS word
        FROM tenancy_usertenantmembership m JOIN LATERAL (
            SELECT email, full_name FROM accounts_user WHERE id = m.user_id OFFSET 0
        ) AS u ON true WHERE m.id = ANY ({written("id", _KNOWN)})
    ) AS pieces WHERE word <> '' ORDER BY 1, 2
)
INSERT INTO workspace_memberword (id, tenant_id, membership_id, word)
SELECT ((SELECT left(replace(gen_random_uuid()::text, '-', ''), 16))
    || lpad(to_hex(row_number() OVER ()), 16, '0'))::uuid, %(tenant)s, id, word FROM words
"""  # noqa: S608  # constants; keys in a row: a random one asks for another page of its index each time
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
