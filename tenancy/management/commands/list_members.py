"""Lists the members of a tenant."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from tenancy.management.base import TenancyCommand, tenant_named
from tenancy.models import UserTenantMembership
from tenancy.roles import Role


class Command(TenancyCommand):
    help = "List the members of a tenant, by address."
    examples = """
        --tenant northwind
        --tenant northwind --role owner --json
    """

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", required=True, help="slug of the tenant")
        parser.add_argument("--role", choices=Role.values, help="only members with this role")

    def run(self, *args: Any, tenant: str, role: str | None, **options: Any) -> list[dict[str, Any]]:
        members = UserTenantMembership.objects.for_tenant(tenant_named(tenant)).select_related("user")
        if role:
            members = members.filter(role=role)
        return [
            {
                "id": member.pk,
                "email": member.user.email,
                "role": member.role,
                "is_active": member.is_active,
                "display_name": member.display_name,
                "external_id": member.external_id,
                "title": member.title,
                "created_at": member.created_at,
            }
            for member in members.order_by("user__email")
        ]
