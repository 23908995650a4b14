"""What every page of the workspace shows around its content."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from .memberships import MOST_IN_MENU, tenant_url, tenants_of
from .navigation import menu


def workspace(request: HttpRequest) -> dict[str, Any]:
    """The menu of the request's tenant and the switcher; nothing outside a tenant, no query until it is drawn."""
    tenant = getattr(request, "tenant", None)
    if tenant is None:
        return {}
    match = request.resolver_match
    return {
        "tenant": tenant,
        "role": request.user_tenant_role,  # type: ignore[attr-defined]
        "MENU": menu(request.user_tenant_role, (match.url_name or "") if match else ""),  # type: ignore[attr-defined]
        "SWITCHER": SimpleLazyObject(lambda: _others(request, tenant)),
    }


def _others(request: HttpRequest, tenant: Any) -> list[dict[str, str]]:
    return [
        {"name": held.tenant.name, "url": tenant_url(request, held.tenant.slug)}
        for held in tenants_of(request.user, most=MOST_IN_MENU + 1)
        if held.tenant_id != tenant.pk
    ]
