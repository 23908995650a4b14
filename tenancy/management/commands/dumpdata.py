"""`dumpdata` with a scope: one tenant's rows, or all with a reason; never silently none."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.core.management.commands.dumpdata import Command as DumpCommand

from tenancy.management.fixtures import add_scope_arguments, own_labels, require_scope, scope_of
from tenancy.scope import ScopeKind, current_scope


class Command(DumpCommand):
    help = (
        "Output rows as a fixture: --tenant SLUG writes that tenant's own rows (every tenant-owned model, or those "
        'named), --all-tenants --reason "…" the whole database.'
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        add_scope_arguments(parser)

    def handle(self, *app_labels: str, **options: Any) -> None:
        with scope_of(options, "dumped"):
            require_scope()
            if current_scope().kind is ScopeKind.TENANT:
                app_labels = tuple(own_labels(app_labels))
            super().handle(*app_labels, **options)
