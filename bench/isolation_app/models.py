"""`Item` as each rival would declare it; the table is the same but for walls 2 and 3."""

from __future__ import annotations

import os
import uuid

from django.db import models

VARIANT = os.environ["BENCH_VARIANT"].removesuffix("-prepared")
COLUMNS = {
    "id": lambda: models.UUIDField(primary_key=True, default=uuid.uuid4),
    "name": lambda: models.CharField(max_length=50),
    "amount": lambda: models.IntegerField(default=0),
}


def declare(base, **extra):
    columns = {name: make() for name, make in COLUMNS.items()}
    options = {"db_table": "bench_item", "managed": False, "abstract": False}
    meta = type("Meta", (getattr(base, "Meta", object),), options)
    return type("Item", (base,), {"__module__": __name__, "Meta": meta, **columns, **extra})


if VARIANT in ("orm", "orm+keys", "all"):
    from tenancy.models import TenantOwnedModel

    Item = declare(TenantOwnedModel)
elif VARIANT == "django-scopes":
    from django_scopes import ScopedManager

    Item = declare(
        models.Model,
        tenant=models.ForeignKey("tenancy.Tenant", models.CASCADE, db_index=False, related_name="+"),
        objects=ScopedManager(tenant="tenant"),
    )
elif VARIANT == "django-multitenant":
    from django_multitenant.models import TenantModel

    Item = declare(
        TenantModel,
        tenant=models.ForeignKey("tenancy.Tenant", models.CASCADE, db_index=False, related_name="+"),
        TenantMeta=type("TenantMeta", (), {"tenant_field_name": "tenant_id"}),
    )
elif VARIANT == "django-tenants":
    Item = declare(models.Model)
else:  # "hand": the tenant is named in every query
    Item = declare(
        models.Model, tenant=models.ForeignKey("tenancy.Tenant", models.CASCADE, db_index=False, related_name="+")
    )
