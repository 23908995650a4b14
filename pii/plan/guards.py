"""Who cannot be erased before something else happens."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.contrib.auth import get_user_model

from tenancy import Role
from tenancy.models import UserTenantMembership

from ..exceptions import RequestRefused
from ..subjects import Subject


def guard_erasure(subject: Subject, *, leaving: Iterable[UUID | None]) -> None:
    """Raise RequestRefused for the last superuser and for the only owner of a tenant in `leaving`. System scope."""
    keys, tenants = sorted(subject.user_keys), [tenant for tenant in leaving if tenant is not None]
    if not keys:
        return
    users = get_user_model()
    if subject.with_account:
        active = users._base_manager.filter(is_superuser=True, is_active=True)
        if active.filter(pk__in=keys).exists() and not active.exclude(pk__in=keys).exists():
            raise RequestRefused(
                "The last superuser cannot be erased: appoint another one first.", code="last_superuser"
            )
    owners = UserTenantMembership.objects.filter(role=Role.OWNER, is_active=True, tenant__is_active=True)
    for tenant_id in owners.filter(user__in=keys, tenant__in=tenants).values_list("tenant_id", flat=True):
        if not owners.filter(tenant_id=tenant_id).exclude(user__in=keys).exists():
            raise RequestRefused(
                "This person is the only owner of an organisation: transfer the ownership first.", code="last_owner"
            )
