"""Writes down which pages staff open while a tenant's records are open to them; the tenant reads it in its own log."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.admin.sites import site
from django.contrib.auth import get_user_model
from django.http import HttpRequest
from django.urls import ResolverMatch

from tenancy import audit
from tenancy.models import Tenant, UserTenantMembership

from .models import StaffSession


def record_page(request: HttpRequest) -> None:
    """Record a page for every open session: route, keys and method, never a query string.

    A page about other tenants alone is none of this tenant's business: neither it nor its keys stand in its log.
    """
    match = request.resolver_match
    sessions: list[StaffSession] = getattr(request, "staff_sessions", [])
    if match is None or not sessions:
        return
    about = tenants_of(match)
    for session in sessions:
        if about is not None and session.tenant_id not in about:
            continue
        keys = {name: str(value) for name, value in match.kwargs.items() if about is not None or not as_key(value)}
        details = {"route": match.view_name, "keys": keys, "method": request.method}
        audit.record(
            "staff_session.page_opened", by=request.user, tenant=session.tenant, target=session, details=details
        )


def tenants_of(match: ResolverMatch) -> set[UUID] | None:
    """The tenants that a page of one object is about; None for lists and for pages that name no object."""
    name, kwargs = match.url_name or "", match.kwargs
    key = as_key(kwargs.get("object_id") or kwargs.get("key"))
    if key is None:
        return None
    if name == "tenant_page":
        return {key}
    if name == "person_page":
        return tenants_of_person(key)
    for model in site._registry:
        if name.startswith(f"{model._meta.app_label}_{model._meta.model_name}_"):
            return tenants_of_row(model, key)
    return None


def tenants_of_row(model: Any, key: UUID) -> set[UUID] | None:
    """The tenants of one row of a registered model; None where it has none."""
    if model is Tenant:
        return {key}
    if model is get_user_model():
        return tenants_of_person(key)
    if not any(field.attname == "tenant_id" for field in model._meta.concrete_fields):
        return None
    found = model._base_manager.filter(pk=key).exclude(tenant_id=None).values_list("tenant_id", flat=True)
    return set(found)


def tenants_of_person(key: UUID) -> set[UUID]:
    """The tenants that an account belongs to."""
    return set(UserTenantMembership.objects.filter(user=key).values_list("tenant_id", flat=True))


def as_key(value: Any) -> UUID | None:
    """A part of an address as a key; None where it is none."""
    try:
        return value if isinstance(value, UUID) else UUID(str(value))
    except ValueError:
        return None
