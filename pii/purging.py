"""Keeps a tenant from being purged while somebody still needs its rows: a legal hold, an open privacy request."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils import timezone

from tenancy import TenantRefused
from tenancy.models import Tenant, UserTenantMembership

from .models import DataRequest, LegalHold, Restriction, State

OVER = (State.DONE, State.REFUSED, State.WITHDRAWN)


def refuse_while_needed(sender: Any, tenant: Tenant, **kwargs: Any) -> None:
    """Receiver of `tenancy.signals.tenant_purging`.

    Raises TenantRefused: ``legal_hold``, ``privacy_request``, ``restricted``.
    """
    if any(_holds(hold, tenant) for hold in _standing()):
        raise TenantRefused("A legal hold stands on this tenant: it is released first.", code="legal_hold")
    here = Q(tenant=tenant) | Q(decisions__tenant=tenant)
    if DataRequest.objects.filter(here).exclude(state__in=OVER).exists():
        raise TenantRefused(
            "A privacy request about this tenant is open: it is answered first.", code="privacy_request"
        )
    if Restriction.objects.filter(tenant=tenant, lifted_at=None).exists():
        raise TenantRefused("Processing of somebody's data is restricted here: lift that first.", code="restricted")


def _standing() -> Any:
    today = timezone.now().date()
    return LegalHold.objects.filter(Q(until=None) | Q(until__gte=today), released_at=None)


def _holds(hold: LegalHold, tenant: Tenant) -> bool:
    if hold.tenant_id is not None:
        return bool(hold.tenant_id == tenant.pk)
    try:
        model = apps.get_model(hold.model)
    except (LookupError, ValueError):
        return True  # nobody knows what it holds: look first
    if model is get_user_model():
        return bool(UserTenantMembership.objects.filter(tenant=tenant, user_id=hold.key).exists())
    if not any(field.name == "tenant" for field in model._meta.fields):
        return False
    return bool(model._base_manager.filter(pk=hold.key, tenant_id=tenant.pk).exists())
