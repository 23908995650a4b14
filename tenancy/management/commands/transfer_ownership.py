"""Makes a member the owner of a tenant."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from tenancy.management.base import USAGE, TenancyCommand, tenant_named
from tenancy.memberships import membership_of, transfer_ownership


class Command(TenancyCommand):
    help = "Make a member owner of a tenant; with --from that owner becomes an administrator in the same breath."
    writes = True
    examples = """
        --tenant northwind --to sam@example.com --reason "ticket 1234"
        --tenant northwind --to sam@example.com --from olivia@example.com --reason "ticket 1234"
    """

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", required=True, help="slug of the tenant")
        parser.add_argument("--to", required=True, help="address of the member who becomes owner")
        parser.add_argument("--from", dest="before", help="address of the owner who steps down")

    def run(self, *args: Any, tenant: str, to: str, before: str | None, reason: str, **options: Any) -> dict[str, Any]:
        where = tenant_named(tenant)
        new, old = membership_of(where, to), membership_of(where, before) if before else None
        if new is None or (before and old is None):
            raise CommandError("That address belongs to no member of this tenant.", returncode=USAGE)
        owner = transfer_ownership(new, by=None, reason=reason or "command line", step_down=old)
        return {"tenant": where.slug, "owner": owner.user_id, "stepped_down": old.user_id if old else None}
