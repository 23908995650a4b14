"""Lists tenants."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.db.models import Count, Q

from tenancy.management.base import TenancyCommand
from tenancy.models import Tenant, TenantState


class Command(TenancyCommand):
    help = "List tenants by name, with their number of active members."
    examples = """

        --state suspended
        --json
    """

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--state", choices=TenantState.values, help="only those in this state")

    def run(self, *args: Any, state: str | None, **options: Any) -> list[dict[str, Any]]:
        tenants = Tenant.objects.annotate(members=Count("memberships", filter=Q(memberships__is_active=True)))
        if state:
            tenants = tenants.filter(state=state)
        names = ("id", "slug", "name", "state", "is_active", "members", "created_at")
        return list(tenants.order_by("name", "id").values(*names))
