"""Who is reminded of due requests: the platform's officers by their right, an organisation's by its own setting."""

from __future__ import annotations

from uuid import UUID

from pii.officers import permitted
from tenancy import Role
from tenancy.models import Tenant, UserTenantMembership


def addresses(tenant_id: UUID | None) -> list[str]:
    """``PII["OFFICERS"]``: of an organisation its contact for privacy, else its owners. System scope."""
    if tenant_id is None:
        return permitted()
    contact = Tenant.objects.get(pk=tenant_id).config.privacy.contact
    if contact:
        return [contact]
    owners = UserTenantMembership.objects.filter(tenant=tenant_id, role=Role.OWNER, is_active=True)
    return sorted(owners.values_list("user__email", flat=True))
