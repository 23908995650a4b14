"""The life of a tenant, one function per verb; admin, command line and code call the same ones.

Its end, `purge_tenant`, stands in `tenancy.purge`.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from . import audit
from .exceptions import TenantRefused
from .memberships import assign_user_to_tenant
from .models import Tenant, TenantPurge, TenantState, UserTenantMembership
from .roles import Role

logger = logging.getLogger("tenancy.lifecycle")


@transaction.atomic
def create_tenant(*, name: str, slug: str, owner: Any = None, by: Any, reason: str = "") -> Tenant:
    """Make a tenant, with `owner` (a user) as its first owner. Without one it has none until the first is assigned.

    Raises TenantRefused (``slug_taken``), ValidationError for a name or slug of the wrong form.
    """
    if Tenant.objects.filter(slug=slug).exists():
        raise TenantRefused(_("The slug “%s” is taken; choose another.") % slug, code="slug_taken")
    tenant = Tenant(name=name.strip(), slug=slug)
    tenant.full_clean(validate_unique=False, validate_constraints=False)
    with audit.changing(by=by, reason=reason):
        tenant.save(force_insert=True)
    audit.record("tenant.created", by=by, tenant=tenant, target=tenant, reason=reason)
    if owner is not None:
        assign_user_to_tenant(owner, tenant, Role.OWNER, by=by, reason=reason)
    return tenant


@transaction.atomic
def rename_tenant(tenant: Tenant, *, name: str | None = None, slug: str | None = None, by: Any, reason: str) -> Tenant:
    """Change the name, the slug, or both. Raises as `create_tenant` does. Addresses with the old slug end to work."""
    tenant = locked(tenant)
    before = {"slug": tenant.slug}
    if slug is not None and slug != tenant.slug and Tenant.objects.filter(slug=slug).exists():
        raise TenantRefused(_("The slug “%s” is taken; choose another.") % slug, code="slug_taken")
    tenant.name = name.strip() if name is not None else tenant.name
    tenant.slug = slug if slug is not None else tenant.slug
    tenant.full_clean(validate_unique=False, validate_constraints=False)
    _save(tenant, by, reason)
    audit.record(
        "tenant.renamed", by=by, tenant=tenant, target=tenant, reason=reason, details={**before, "to": tenant.slug}
    )
    return tenant


@transaction.atomic
def suspend_tenant(tenant: Tenant, *, by: Any, reason: str, until: datetime | None = None) -> Tenant:
    """Close a tenant to its members, who are shown `reason`, until `until` (aware) or until it is restored.

    Suspending a suspended tenant changes reason and date. Raises TenantRefused (``reason_required``,
    ``until_in_the_past``, ``archived``).
    """
    tenant = locked(tenant)
    if not reason.strip():
        raise TenantRefused(_("Say why: the tenant's members are shown the reason."), code="reason_required")
    if until is not None and until <= timezone.now():
        raise TenantRefused(_("The end of the suspension lies in the past."), code="until_in_the_past")
    if tenant.state == TenantState.ARCHIVED:
        raise TenantRefused(_("The tenant is archived; restore it first."), code="archived")
    if (tenant.state, tenant.suspended_reason, tenant.suspended_until) == (TenantState.SUSPENDED, reason, until):
        return tenant
    tenant.state, tenant.suspended_reason, tenant.suspended_until = TenantState.SUSPENDED, reason, until
    _save(tenant, by, reason)
    details = {"until": until.isoformat() if until else None}
    audit.record("tenant.suspended", by=by, tenant=tenant, target=tenant, reason=reason, details=details)
    return tenant


@transaction.atomic
def archive_tenant(tenant: Tenant, *, by: Any, reason: str) -> Tenant:
    """Put a tenant away: nobody enters, nothing is deleted. Raises TenantRefused (``reason_required``)."""
    tenant = locked(tenant)
    if not reason.strip():
        raise TenantRefused(_("Say why: the reason stands in the tenant's history."), code="reason_required")
    if tenant.state == TenantState.ARCHIVED:
        return tenant
    tenant.state, tenant.suspended_reason, tenant.suspended_until = TenantState.ARCHIVED, "", None
    tenant.archived_at = audit.moment()
    _save(tenant, by, reason)
    audit.record("tenant.archived", by=by, tenant=tenant, target=tenant, reason=reason)
    return tenant


@transaction.atomic
def restore_tenant(tenant: Tenant, *, by: Any, reason: str = "") -> Tenant:
    """Open a suspended or archived tenant again. Raises TenantRefused: ``no_owner`` where its owners all left,
    ``purge_ordered`` where it is about to go.
    """
    tenant = locked(tenant)
    if TenantPurge.objects.filter(tenant_key=tenant.pk).exists():
        raise TenantRefused(_("The tenant's purge is ordered: it cannot come back."), code="purge_ordered")
    if tenant.state == TenantState.ACTIVE:
        return tenant
    owners = UserTenantMembership.objects.filter(tenant=tenant, role=Role.OWNER)
    if owners.exists() and not owners.filter(is_active=True).exists():
        raise TenantRefused(_("The tenant has no active owner; reactivate or assign one first."), code="no_owner")
    before = tenant.state
    tenant.state, tenant.suspended_reason, tenant.suspended_until = TenantState.ACTIVE, "", None
    tenant.archived_at = None
    _save(tenant, by, reason)
    details = {"from": before}
    audit.record("tenant.restored", by=by, tenant=tenant, target=tenant, reason=reason, details=details)
    return tenant


def lift_ended_suspensions() -> int:
    """Restore every tenant whose suspension has ended; returns how many. Needs a wide scope.

    One that cannot open (its owners left) stays suspended and keeps nobody else waiting.
    """
    restored = 0
    for tenant in Tenant.objects.filter(state=TenantState.SUSPENDED, suspended_until__lte=timezone.now()):
        try:
            restore_tenant(tenant, by=None, reason="the suspension ended")
        except TenantRefused as refusal:
            logger.warning("tenant %s stays suspended: %s", tenant.pk, refusal.code)
        else:
            restored += 1
    return restored


def locked(tenant: Tenant) -> Tenant:
    """The tenant as it stands, locked until commit. Raises TenantRefused (``purged``) where nothing of it is left."""
    tenant = Tenant.objects.select_for_update().get(pk=tenant.pk)
    if tenant.state == TenantState.PURGED:
        raise TenantRefused(_("The tenant is purged: nothing of it is left."), code="purged")
    return tenant


def _save(tenant: Tenant, by: Any, reason: str) -> None:
    with audit.changing(by=by, reason=reason):
        tenant.save()
