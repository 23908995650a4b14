"""Makes an existing account a member of a tenant."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from tenancy.management.base import USAGE, TenancyCommand, tenant_named, user_with
from tenancy.memberships import assign_user_to_tenant
from tenancy.roles import Role


class Command(TenancyCommand):
    help = (
        "Make sure that an account is an active member of a tenant with the given role.\n"
        "Doing it again changes nothing; another role replaces the present one."
    )
    writes = True
    examples = """
        --user sam@example.com --tenant northwind --role member
        --user sam@example.com --tenant northwind --role owner --reason "ticket 1234"
    """

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--user", required=True, help="address of the account")
        parser.add_argument("--tenant", required=True, help="slug of the tenant")
        parser.add_argument("--role", required=True, choices=Role.values)

    def run(self, *args: Any, user: str, tenant: str, role: str, reason: str, **options: Any) -> dict[str, Any]:
        where, person = tenant_named(tenant), user_with(user)
        if person is None:
            raise CommandError(
                "No account has this address. People without an account are invited: they choose their own password.",
                returncode=USAGE,
            )
        membership = assign_user_to_tenant(person, where, role, by=None, reason=reason or "command line")
        return {
            "id": membership.pk,
            "user": person.pk,
            "tenant": where.slug,
            "role": membership.role,
            "is_active": membership.is_active,
        }
