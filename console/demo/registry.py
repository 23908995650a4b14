"""Lets features fill the demo's tenants with their own records, from a ``demo_records`` module in each app."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils.module_loading import autodiscover_modules

from tenancy.models import Tenant

Filler = Callable[[Tenant, Any, datetime], None]
_fillers: list[Filler] = []


def fills(filler: Filler) -> Filler:
    """Register a function of (tenant, its owner, when its life began); it runs in the tenant's scope."""
    _fillers.append(filler)
    return filler


def fill(tenant: Tenant, owner: Any, start: datetime) -> None:
    """Call every registered function."""
    autodiscover_modules("demo_records")
    for filler in _fillers:
        filler(tenant, owner, start)
