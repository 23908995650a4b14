"""Deletes the addresses of settled invitations when the tenant's time for keeping them is over."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone

from tenancy import audit, system_scope
from tenancy.models import Invitation, Tenant
from tenancy.settings import platform


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
            count, _by_model = Invitation.objects.filter(old, tenant=tenant).delete()
            if count:
                audit.record("invitation.purged", by=None, tenant=tenant, details={"invitations": count})
                deleted += count
    return deleted
