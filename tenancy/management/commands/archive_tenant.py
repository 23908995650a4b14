"""Puts a tenant away."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from tenancy.lifecycle import archive_tenant
from tenancy.management.base import USAGE, TenancyCommand, tenant_named


class Command(TenancyCommand):
    help = "Archive a tenant: nobody enters, nothing is deleted; `restore_tenant` brings it back."
    writes = True
    examples = """
        --tenant northwind --reason "Contract ended"
    """

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", required=True, help="slug of the tenant")

    def run(self, *args: Any, tenant: str, reason: str, **options: Any) -> dict[str, Any]:
        if not reason.strip():
            raise CommandError("Say why with --reason: it stands in the history.", returncode=USAGE)
        changed = archive_tenant(tenant_named(tenant), by=None, reason=reason)
        return {"id": changed.pk, "slug": changed.slug, "state": changed.state}
