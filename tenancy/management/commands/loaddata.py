"""`loaddata` with a scope: into one tenant, where every other tenant's row is refused, or into all with a reason."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.core.management.commands.loaddata import Command as LoadCommand

from tenancy.db.owner import owner_connection
from tenancy.exceptions import CrossTenantAccess, TenantScopeRequired
from tenancy.management.fixtures import add_scope_arguments, scope_of


class Command(LoadCommand):
    help = (
        "Install fixtures: --tenant SLUG takes rows of that tenant only (and gives it those that name none), "
        '--all-tenants --reason "…" takes any, as the owner of the tables.'
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        add_scope_arguments(parser)

    def handle(self, *fixture_labels: str, **options: Any) -> None:
        everything = options["all_tenants"]
        with scope_of(options, "loaded"), ExitStack() as stack:
            if everything:  # sequences are set afterwards, which the serving roles may not
                stack.enter_context(owner_connection(options["database"]))
            try:
                super().handle(*fixture_labels, **options)
            except TenantScopeRequired as error:
                raise CommandError(f'{error} Or: --tenant SLUG, --all-tenants --reason "…".') from error
            except CrossTenantAccess as error:
                raise CommandError(f"{error} Nothing was loaded.") from error
