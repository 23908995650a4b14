"""Rows for tests; every factory says which tenant its row belongs to."""

from __future__ import annotations

import itertools
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone

from tenancy import Role, system_scope
from tenancy.models import Tenant, UserTenantMembership

_numbers = itertools.count(1)
PASSWORD = "correct-horse-battery-staple"


def make_user(email: str | None = None, *, password: str = PASSWORD, **fields: Any) -> Any:
    with system_scope(reason="factory"):
        return get_user_model().objects.create_user(email or f"person{next(_numbers)}@example.test", password, **fields)


def make_tenant(slug: str | None = None, **fields: Any) -> Tenant:
    slug = slug or f"tenant-{next(_numbers)}"
    with system_scope(reason="factory"):
        return Tenant.objects.create(slug=slug, name=fields.pop("name", slug.title()), **fields)


def make_membership(tenant: Tenant, user: Any = None, role: str = Role.MEMBER, **fields: Any) -> UserTenantMembership:
    fields.setdefault("entered_at", timezone.now())
    with system_scope(reason="factory"):
        return UserTenantMembership.objects.create(tenant=tenant, user=user or make_user(), role=role, **fields)
