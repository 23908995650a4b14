"""What one request's viewer may see: open tenants from the scope, reveals from the record."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import models
from django.http import HttpRequest
from django.utils import timezone

from tenancy import current_scope, system_scope

from ..models import Reveal


@dataclass(frozen=True)
class Viewer:
    """One person in one session."""

    user_key: Any
    session_hash: str
    open_tenants: frozenset[UUID]

    @cached_property
    def reveals(self) -> frozenset[tuple[str, str]]:
        """(model, key) of what this session may see for the next minutes; one query per request."""
        with system_scope(reason="which reveals are open"):
            live = Reveal.objects.filter(
                actor=self.user_key, session_hash=self.session_hash, expires_at__gt=timezone.now()
            )
            return frozenset(live.values_list("model", "key"))

    def has_revealed(self, row: models.Model) -> bool:
        from ..registry import history_of

        base = history_of(type(row))
        key = getattr(row, base._meta.pk.attname) if base is not None else row.pk
        return ((base or type(row))._meta.label_lower, str(key)) in self.reveals

    def is_among_open_tenants(self, row: models.Model) -> bool:
        """Whether a staff session is open for the tenant of the row, or for one that the account belongs to."""
        if not self.open_tenants:
            return False
        tenant_id = getattr(row, "tenant_id", None)
        if tenant_id is not None:
            return tenant_id in self.open_tenants
        from django.contrib.auth import get_user_model

        from tenancy.models import UserTenantMembership

        users = get_user_model()
        key = row.pk if isinstance(row, users) else getattr(row, "user_id", None)
        return bool(key) and UserTenantMembership.objects.filter(user=key, tenant__in=self.open_tenants).exists()


def viewer_of(request: HttpRequest) -> Viewer:
    """The viewer of a request; made once and kept on it."""
    found: Any = getattr(request, "_pii_viewer", None)
    if found is None:
        found = Viewer(request.user.pk, session_hash(request), current_scope().content)
        request._pii_viewer = found  # type: ignore[attr-defined]  # one viewer per request
    viewer: Viewer = found
    return viewer


def session_hash(request: HttpRequest) -> str:
    """The session, recognisable and not usable."""
    return hashlib.sha256((request.session.session_key or "").encode()).hexdigest()
