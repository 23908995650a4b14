"""Place and release a legal hold; each is on record."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.utils import timezone

from tenancy import audit, system_scope

from ..exceptions import RequestRefused
from ..models import LegalHold


def place_hold(
    *, by: Any, ground: str, tenant: Any = None, row: models.Model | None = None, until: date | None = None
) -> LegalHold:
    """Keep everything that `tenant` has, or what it has of the person of one `row`. Raises RequestRefused."""
    tenant_id = getattr(tenant, "pk", tenant)
    if not ground.strip():
        raise RequestRefused("A hold names its ground.", code="no_ground")
    if until is not None and until < timezone.now().date():
        raise RequestRefused("The end of a hold lies ahead.", code="past")
    if row is not None and tenant_id is not None and getattr(row, "tenant_id", None) != tenant_id:
        raise RequestRefused("The selected record is not there.", code="not_found")
    with system_scope(reason="place a legal hold"):
        made = LegalHold.objects.create(
            model=row._meta.label_lower if row is not None else "",
            key=str(row.pk) if row is not None else "",
            tenant_id=tenant_id,
            ground=ground.strip()[:200],
            until=until,
            created_by_id=getattr(by, "pk", by),
        )
        audit.record("privacy.hold_placed", by=by, tenant=tenant_id, target=made)
    return made


def release_hold(hold: LegalHold, *, by: Any, reason: str) -> LegalHold:
    """Erasures that waited for it are finished by the next sweep. Raises RequestRefused without a reason."""
    if not reason.strip():
        raise RequestRefused("Say why the hold ends.", code="no_reason")
    with system_scope(reason="release a legal hold"):
        if hold.released_at is None:
            hold.released_at = timezone.now()
            hold.save(update_fields=["released_at"])
            audit.record("privacy.hold_released", by=by, tenant=hold.tenant_id, target=hold, reason=reason)
    return hold
