"""Makes a tenant."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from tenancy.invitations import invite
from tenancy.lifecycle import create_tenant
from tenancy.management.base import TenancyCommand, user_with
from tenancy.models import Tenant
from tenancy.roles import Role


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
        parser.add_argument("--owner", help="address of the first owner; without an account they are invited")

    def run(self, *args: Any, name: str, slug: str, owner: str | None, reason: str, **options: Any) -> dict[str, Any]:
        user = user_with(owner) if owner else None
        known = Tenant.objects.filter(slug=slug, name=name).first()
        if known is None:
            tenant = create_tenant(name=name, slug=slug, owner=user, by=None, reason=reason or "command line")
        else:
            tenant = known
        invited = bool(owner) and user is None and known is None
        if owner and invited:
            invite(owner, tenant, Role.OWNER, by=None)
        return {
            "id": tenant.pk,
            "name": tenant.name,
            "slug": tenant.slug,
            "created": known is None,
            "owner_invited": invited,
        }
