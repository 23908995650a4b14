"""Who looked at a person's masked data: the record as that person reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Q

from tenancy import system_scope
from tenancy.models import Tenant

from .find import tenant_path
from .links import ByUser
from .models import Reveal
from .registry import registry

MOST = 200


@dataclass(frozen=True)
class Look:
    """One look. `who` tells staff apart without naming them: their names are their own data."""

    at: datetime
    until: datetime
    what: str
    tenant: str
    why: str
    who: UUID | int | None


def looks_at(user: Any) -> list[Look]:
    """The newest looks at an account and at what organisations keep of it as a member, newest first.

    What organisations keep of the person beyond that is theirs to tell: an access request lists those looks too.
    """
    with system_scope(reason="show a person who looked at their data"):
        wanted = Q(model=user._meta.label_lower, key=str(user.pk))
        for model, declaration in registry.items():
            direct = [link for link in declaration.links() if isinstance(link, ByUser) and "__" not in link.path]
            if direct and tenant_path(model, declaration) is not None:
                keys = model._base_manager.filter(**{direct[0].path: user.pk}).values_list("pk", flat=True)
                wanted |= Q(model=model._meta.label_lower, key__in=[str(key) for key in keys])
        rows = list(Reveal.objects.filter(wanted).order_by("-at")[:MOST])
        names = dict(Tenant.objects.filter(pk__in={row.tenant_key for row in rows}).values_list("pk", "name"))
    return [
        Look(
            row.at,
            row.expires_at,
            str(apps.get_model(row.model)._meta.verbose_name),
            names.get(row.tenant_key, "") if row.tenant_key else "",
            row.reason,
            row.actor_id,
        )
        for row in rows
    ]
