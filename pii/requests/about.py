"""Which requests were made about a person: open ones by what they name, erasures by the keyed hash of what was erased.

A finished request names nobody any more. What an erasure left behind is a keyed hash per identifier, which recognises
an address that somebody types and gives none back; it is kept as long as the oldest backup. Of other finished requests
nothing is kept by which a person could be found: docs/decisions/0042-finished-requests.md.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils import timezone

from tenancy import system_scope

from ..identifiers.normal import normal_email, normal_phone
from ..identifiers.sets import keyed_hashes_of
from ..models import DataRequest, State, TombstoneHash

OVER = (State.DONE, State.REFUSED, State.WITHDRAWN)


def requests_about(value: str, *, tenant: Any = None) -> list[DataRequest]:
    """Requests about whoever has this address or number, the latest first; with `tenant`, that organisation's own."""
    email = normal_email(value) or ""
    phone = "" if "@" in value else normal_phone(value) or ""
    if not (email or phone):
        return []
    names = Q(subject__emails__contains=[email]) if email else Q(subject__phones__contains=[phone])
    digests = [digest for form in (email, phone) if form for digest in keyed_hashes_of(form)]
    with system_scope(reason="requests about a person"):
        stones = TombstoneHash.objects.filter(digest__in=digests, tombstone__expires_at__gt=timezone.now())
        erased = list(stones.values_list("tombstone__request", flat=True))
        found = DataRequest.objects.filter((names & ~Q(state__in=OVER)) | Q(pk__in=[key for key in erased if key]))
        if tenant is not None:
            found = found.filter(tenant_id=getattr(tenant, "pk", tenant))
        return list(found.order_by("-received_at")[:20])
