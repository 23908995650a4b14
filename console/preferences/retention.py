"""How long a tenant keeps what: its setting as the spans of the privacy sweep, and settled invitations deleted."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from pii.holds import held
from pii.restricted import without_restricted
from tenancy import audit, system_scope
from tenancy.models import Invitation, Tenant
from tenancy.settings import platform


def days_kept(label: str, tenant_id: UUID) -> int | None:
    """``PII["RETENTION"]``: the days that this tenant keeps rows of a model; None where it has no say of its own."""
    if label != Invitation._meta.label:
        return None
    days: int = Tenant.objects.get(pk=tenant_id).config.privacy.retention.days
    return days


def purge_invitations() -> int:
    """Delete invitations that were accepted, revoked or expired longer ago than ``privacy.retention``; how many."""
    deleted = 0
    now = timezone.now()
    with system_scope(reason="settled invitations are kept only as long as the tenant says"), platform.one_reading():
        waiting = Invitation.objects.filter(expires_at__lt=now).values("tenant_id")
        settled = Invitation.objects.exclude(accepted_at=None, revoked_at=None).values("tenant_id")
        for tenant in Tenant.objects.filter(Q(pk__in=waiting) | Q(pk__in=settled)).iterator(chunk_size=500):
            before = now - tenant.config.privacy.retention
            old = Q(accepted_at__lt=before) | Q(revoked_at__lt=before) | Q(expires_at__lt=before)
            if held(tenant.pk):
                continue  # a legal hold keeps it
            count, _by_model = without_restricted(Invitation.objects.filter(old, tenant=tenant)).delete()
            if count:
                audit.record("invitation.purged", by=None, tenant=tenant, details={"invitations": count})
                deleted += count
    return deleted
