"""Who is told about requests: what ``PII["OFFICERS"]`` says, else everybody who may enter them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils.module_loading import import_string

from . import conf


def officers(tenant_id: UUID | None = None) -> list[str]:
    """Addresses of the platform's officers, or of one tenant's. System scope.

    The setting is a list of addresses, a function ``f(tenant_id | None) → addresses`` or its dotted path; a list is the
    platform's alone.
    """
    said = conf.get("OFFICERS")
    ask: Any = import_string(said) if isinstance(said, str) else said
    if callable(ask):
        return list(ask(tenant_id))
    if tenant_id is not None:
        return []
    return permitted() if said is None else list(said)


def permitted() -> list[str]:
    """Addresses of active accounts that hold the right to enter requests, themselves or through a group."""
    users = get_user_model()
    column = users.get_email_field_name()  # type: ignore[attr-defined]  # of every AbstractBaseUser
    right = {"codename": "enter_datarequest", "content_type__app_label": "pii"}
    held = Q(**{f"groups__permissions__{name}": value for name, value in right.items()})
    held |= Q(**{f"user_permissions__{name}": value for name, value in right.items()})
    found: Iterable[str] = users._base_manager.filter(held, is_active=True).values_list(column, flat=True)
    return sorted({address for address in found if address})
