"""The request as the middleware leaves it, for annotations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from .models import Tenant, UserTenantMembership
    from .resolvers import Named
    from .roles import Role


class TenantRequest(HttpRequest):
    """A request behind `TenantMiddleware`. All are None outside a tenant."""

    tenant: Tenant | None
    user_tenant_role: Role | None
    tenant_membership: UserTenantMembership | None
    tenant_named: Named | None
    tenancy_loaded: UserTenantMembership  # what `account.load_account` found, before anybody proved anything with it
