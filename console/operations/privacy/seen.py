"""A person's name or address as the viewer may see it, for pages, panels and search."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.http import HttpRequest

from pii import MaskEmail
from pii.masking import shown, viewer_of
from tenancy.models import UserTenantMembership


def seen(request: HttpRequest, row: Any, *names: str) -> str:
    """The first of these columns that holds something, masked where the viewer may not see it."""
    for name in names:
        text = shown(viewer_of(request), row, name)
        if text:
            return str(text)
    return ""


def colleagues(keys: Iterable[Any]) -> set[UUID]:
    """Which of these actors are staff: their addresses are no customer's data."""
    wanted = {key for key in keys if key is not None}
    staff = get_user_model()._default_manager.filter(pk__in=wanted, is_staff=True)
    return set(staff.values_list("pk", flat=True)) if wanted else set()


def named(request: HttpRequest, address: str, actor_id: Any, staff: set[UUID]) -> str:
    """An actor's address in a trail: a colleague's as it was, a member's covered outside of a session."""
    if not address:
        return "command line"
    if actor_id in staff or actor_id == request.user.pk:
        return address
    tenants = viewer_of(request).open_tenants
    if tenants and UserTenantMembership.objects.filter(user=actor_id, tenant__in=tenants).exists():
        return address
    return MaskEmail().show(address)
