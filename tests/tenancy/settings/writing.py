"""What the tests of storage share: write as nobody in particular, read as a fresh request would."""

from __future__ import annotations

from tenancy import identity_scope, system_scope, tenant_scope
from tenancy.models import Tenant
from tenancy.settings.store import change, change_platform


def fresh(tenant):
    with identity_scope():
        return Tenant.objects.get(pk=tenant.pk)


def put(tenant, values, **options):
    with tenant_scope(tenant):
        return change(tenant, values, by=options.pop("by", None), **options)


def put_platform(values=None, **options):
    with system_scope(reason="test"):
        return change_platform(values or {}, by=None, **options)
