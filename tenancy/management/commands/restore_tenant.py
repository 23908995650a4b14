"""Opens a suspended or archived tenant again."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from tenancy.lifecycle import restore_tenant
from tenancy.management.base import TenancyCommand, tenant_named


class Command(TenancyCommand):
    help = "Open a suspended or archived tenant again. An active one stays as it is."
    writes = True
    examples = """
        --tenant northwind
        --tenant northwind --reason "Invoices are paid"
    """

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", required=True, help="slug of the tenant")

    def run(self, *args: Any, tenant: str, reason: str, **options: Any) -> dict[str, Any]:
        changed = restore_tenant(tenant_named(tenant), by=None, reason=reason or "command line")
        return {"id": changed.pk, "slug": changed.slug, "state": changed.state}
