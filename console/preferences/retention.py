"""How long a tenant keeps what: its setting as the spans of the privacy sweep, and settled invitations deleted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from pii.holds import held
from pii.restricted import without_restricted
from tenancy import audit, system_scope
from tenancy.models import Invitation, Tenant
from tenancy.settings import platform
from tenancy.settings.registry import registry

OWN_SETTING = {Invitation._meta.label: "privacy.retention"}
"""Models whose span is set elsewhere than in the group ``retention``."""


def key_of(label: str) -> str:
    """The setting in the group ``retention`` for a model: ``workspace.Note`` → ``workspace_note``."""
    return label.lower().replace(".", "_")


def days_kept(label: str, tenant_ids: Iterable[UUID]) -> dict[UUID, int | None]:
    """``PII["RETENTION"]``: the days that each of these tenants keeps rows of a model; None where it says nothing."""
    name = OWN_SETTING.get(label, f"retention.{key_of(label)}")
    group, _dot, key = name.partition(".")
    if name not in registry.names():
        return {}
    found: dict[UUID, int | None] = {}
    chosen = Tenant.objects.filter(pk__in=tenant_ids)
    with platform.one_reading():
        for tenant in chosen.filter(settings__has_key=group).only("pk", "settings").iterator(chunk_size=500):
            found[tenant.pk] = _days(getattr(getattr(tenant.config, group), key))
        silent = _days(getattr(getattr(Tenant().config, group), key))  # what the platform says to whoever says nothing
    if silent is not None:
        found |= dict.fromkeys(set(tenant_ids) - set(found), silent)
    return found


def _days(value: timedelta | int | None) -> int | None:
    return value.days if isinstance(value, timedelta) else value


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
