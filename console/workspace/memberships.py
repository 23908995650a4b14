"""Which tenants a person may enter, for the switcher and for landing after sign-in."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from tenancy import conf, identity_scope
from tenancy.models import UserTenantMembership

MOST_IN_MENU = 8


def tenants_of(user: Any, *, most: int | None = None) -> list[UserTenantMembership]:
    """The person's live memberships, tenants loaded, by name. Suspended tenants are there, archived ones are not."""
    found = (
        UserTenantMembership.objects.select_related("tenant")
        .filter(user_id=user.pk, is_active=True)
        .exclude(tenant__state="archived")
        .order_by("tenant__name", "tenant_id")
    )
    with identity_scope():
        return list(found[:most])


def tenant_url(request: HttpRequest, slug: str) -> str:
    """The tenant's start page by path; absolute where the request came by a subdomain, which names another tenant."""
    path = f"/{conf.get('PATH_PREFIX')}/{slug}/"
    host = request.get_host()
    for base in conf.get("BASE_DOMAINS"):
        name, _colon, port = host.partition(":")
        if name.endswith(f".{base}"):
            return f"{request.scheme}://{base}{':' + port if port else ''}{path}"
    return path
