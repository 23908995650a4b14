"""Makes a tenant."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from tenancy.lifecycle import create_tenant
from tenancy.management.base import USAGE, TenancyCommand, user_with
from tenancy.models import Tenant


class Command(TenancyCommand):
    help = "Make a tenant. Doing it again with the same name and slug changes nothing."
    writes = True
    examples = """
        --name "Northwind Traders" --slug northwind
        --name "Northwind Traders" --slug northwind --owner olivia@example.com
        --name "Northwind Traders" --slug northwind --dry-run --json
    """

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--name", required=True, help="what people read")
        parser.add_argument("--slug", required=True, help="what stands in addresses: a-z, 0-9 and hyphens")
        parser.add_argument("--owner", help="address of an existing account that becomes the first owner")

    def run(self, *args: Any, name: str, slug: str, owner: str | None, reason: str, **options: Any) -> dict[str, Any]:
        user = user_with(owner) if owner else None
        if owner and user is None:
            raise CommandError(
                "No account has the owner's address. Make the tenant without --owner and invite the person, "
                "or let them sign up first.",
                returncode=USAGE,
            )
        known = Tenant.objects.filter(slug=slug, name=name).first()
        if known is None:
            tenant = create_tenant(name=name, slug=slug, owner=user, by=None, reason=reason or "command line")
        else:
            tenant = known
        return {"id": tenant.pk, "name": tenant.name, "slug": tenant.slug, "created": known is None}
