"""How many active members a tenant may have, where its settings say so."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tenancy.models import Tenant
from tenancy.settings.errors import UnknownSetting


def seat_limit(tenant_id: UUID) -> int | None:
    """The tenant's ``members.seat_limit``; None where no limit is declared or set."""
    tenant: Any = Tenant.objects.get(pk=tenant_id)
    try:
        limit = tenant.config.members.seat_limit
    except (UnknownSetting, AttributeError):
        return None
    return int(limit) if limit else None
