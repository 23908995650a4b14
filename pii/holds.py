"""Legal holds, and items of a plan that are kept: asked when planning, and again inside every batch."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils import timezone

from .models import DataRequest, LegalHold
from .subjects import Subject


@dataclass(frozen=True)
class Holds:
    """What is held for one person: everything (a hold on the account), what one tenant has of them, or one item."""

    everything: str = ""
    by_tenant: dict[UUID, str] = field(default_factory=dict)
    by_item: dict[tuple[str, UUID], str] = field(default_factory=dict)  # (model label, tenant)

    def ground(self, tenant_id: UUID | None, label: str = "") -> str:
        """Why rows of this tenant (None: the account's own) may not go; empty where they may.

        `label` names their model in lower case; without it only holds on everything count.
        """
        if self.everything or tenant_id is None:
            return self.everything
        return self.by_tenant.get(tenant_id, "") or self.by_item.get((label, tenant_id), "")

    def tenants(self, label: str) -> list[UUID]:
        """The tenants whose rows of this model (its label in lower case) are held."""
        return [*self.by_tenant, *(tenant for model, tenant in self.by_item if model == label)]

    def __bool__(self) -> bool:
        return bool(self.everything or self.by_tenant or self.by_item)


def active_holds(subject: Subject, request: DataRequest | None = None) -> Holds:
    """The holds that stand now. A hold on one record of a tenant holds what that tenant has of the person.

    With `request`, the items of its plan that were decided to stay are among them, until their end.
    """
    today = timezone.now().date()
    in_force = Q(until=None) | Q(until__gte=today)
    standing = LegalHold.objects.filter(in_force, released_at=None)
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
    kept = request.kept_items.filter(in_force) if request is not None else ()
    return Holds(everything, by_tenant, {(item.model, item.tenant_key): item.words for item in kept})


def held(tenant_id: UUID) -> bool:
    """Whether a legal hold keeps everything of this tenant. System scope."""
    standing = LegalHold.objects.filter(Q(until=None) | Q(until__gte=timezone.now().date()), released_at=None)
    return standing.filter(tenant=tenant_id, key="").exists()
