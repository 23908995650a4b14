"""Legal holds: asked when planning, and again inside every batch."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils import timezone

from .models import LegalHold
from .subjects import Subject


@dataclass(frozen=True)
class Holds:
    """What is held for one person: everything (a hold on the account), or what one tenant has of them."""

    everything: str = ""
    by_tenant: dict[UUID, str] = field(default_factory=dict)

    def ground(self, tenant_id: UUID | None) -> str:
        """Why rows of this tenant (None: the account's own) may not go; empty where they may."""
        return self.everything or self.by_tenant.get(tenant_id, "") if tenant_id else self.everything


def active_holds(subject: Subject) -> Holds:
    """The holds that stand now. A hold on one record of a tenant holds what that tenant has of the person."""
    today = timezone.now().date()
    standing = LegalHold.objects.filter(Q(until=None) | Q(until__gte=today), released_at=None)
    users = get_user_model()._meta.label_lower
    everything = ""
    by_tenant: dict[UUID, str] = {}
    tenants = {row.tenant_id for rows in subject.rows.values() for row in rows if row.tenant_id}
    for hold in standing.filter(tenant__in=tenants, key="") if tenants else ():
        by_tenant[hold.tenant_id] = hold.ground  # type: ignore[index]
    account = standing.filter(model__iexact=users, key__in=sorted(subject.user_keys)).first()
    if account is not None:
        everything = account.ground
    for model, rows in subject.rows.items():
        tenant_of = {row.pk: row.tenant_id for row in rows}
        for hold in standing.filter(model__iexact=model._meta.label, key__in=sorted(tenant_of)) if rows else ():
            tenant_id = tenant_of[hold.key]
            if tenant_id is None:
                everything = hold.ground
            else:
                by_tenant[tenant_id] = hold.ground
    return Holds(everything, by_tenant)
