"""Gives a tenant another name or slug."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from tenancy.lifecycle import rename_tenant
from tenancy.management.base import USAGE, TenancyCommand, tenant_named


class Command(TenancyCommand):
    help = "Rename a tenant. With another slug, addresses with the old one stop working."
    writes = True
    examples = """
        --tenant northwind --name "Northwind Traders Ltd" --reason "ticket 1234"
        --tenant northwind --slug northwind-traders --reason "ticket 1234"
    """

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", required=True, help="slug of the tenant")
        parser.add_argument("--name", help="the new name")
        parser.add_argument("--slug", help="the new slug")

    def run(
        self, *args: Any, tenant: str, name: str | None, slug: str | None, reason: str, **options: Any
    ) -> dict[str, Any]:
        if name is None and slug is None:
            raise CommandError("Give --name, --slug, or both.", returncode=USAGE)
        renamed = rename_tenant(tenant_named(tenant), name=name, slug=slug, by=None, reason=reason or "command line")
        return {"id": renamed.pk, "name": renamed.name, "slug": renamed.slug}
