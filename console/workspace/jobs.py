"""The jobs of the workspace; a key is a row's id, and the port opens the tenant's scope."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from tenancy import system_scope, tenant_scope
from tenancy.jobs import job, periodic

from . import bulk
from .exporting import orders
from .models import BulkTagging, ExportState, TenantExport


@job(orders.JOB, attempts=2)
def export_tenant(key: str) -> None:
    """Write everything of a tenant into one archive."""
    orders.write_export(TenantExport.objects.get(pk=UUID(key)))


@job(bulk.JOB, attempts=3)
def tag_contacts(key: str) -> None:
    """Change a tag on everybody whom a search finds."""
    bulk.carry_out(BulkTagging.objects.get(pk=UUID(key)))


@periodic("41 3 * * *", "workspace.purge_exports")
def purge_exports(key: str) -> None:
    """Delete archives whose time is over."""
    with system_scope(reason="archives are purged"):
        over = TenantExport.objects.filter(state=ExportState.READY, keep_until__lt=timezone.now())
        due = list(over.values_list("tenant_id", "pk"))
    for tenant_id, pk in due:
        with tenant_scope(tenant_id):
            orders.purge_export(TenantExport.objects.get(pk=pk))
