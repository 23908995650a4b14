"""Deletes an archived tenant for good."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from tenancy.management.base import USAGE, TenancyCommand, tenant_named
from tenancy.purge import purge_tenant, purged_tables


class Command(TenancyCommand):
    help = (
        "Purge a tenant whose waiting period in the archive is over: every row and file of it, history included.\n"
        "It cannot be undone. A job carries it out and leaves a report with the count of every table."
    )
    writes = True
    examples = """
        --tenant northwind --reason "Contract ended in May" --confirm northwind
        --tenant northwind --reason "Contract ended in May" --confirm northwind --dry-run
    """

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", required=True, help="slug of the tenant")
        parser.add_argument("--confirm", required=True, help="the slug once more: this cannot be undone")

    def run(self, *args: Any, tenant: str, confirm: str, reason: str, **options: Any) -> dict[str, Any]:
        if confirm != tenant:
            raise CommandError("--confirm does not repeat the slug.", returncode=USAGE)
        purge = purge_tenant(tenant_named(tenant), by=None, reason=reason)
        return {"id": purge.pk, "tenant": purge.tenant_key, "tables": len(purged_tables())}
