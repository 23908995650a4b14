"""`migrate`, run as the tables' owner: states policies again whose text has changed, and refuses undeclared tables."""

from __future__ import annotations

from typing import Any

from django.core.checks import Tags
from django.core.management.base import CommandError
from django.core.management.commands.migrate import Command as MigrateCommand
from django.db import connections

from tenancy.db.declared import declared_tables, existing_tables
from tenancy.db.operations import has_wall_two
from tenancy.db.owner import owner_connection
from tenancy.db.restating import restate_policies
from tenancy.exceptions import TenancyError
from tenancy.scope import system_scope


class Command(MigrateCommand):
    """Django's command with the right connection, and the walls looked after at its end."""

    def get_check_kwargs(self, options: Any) -> Any:
        """Without the database's checks: the walls' would refuse the very command that mends them."""
        kwargs = super().get_check_kwargs(options)
        kwargs.pop("databases", None)
        return kwargs

    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        with owner_connection(options["database"]), system_scope(reason="migrate"):
            if not options["skip_checks"]:  # as the owner, whom the walls' check leaves alone
                self.check(tags=[Tags.database], databases=[options["database"]])
            try:
                super().handle(*args, **options)
            except TenancyError as error:  # rows in the way of a tenant: the words say all, a traceback nothing
                raise CommandError(str(error)) from error
            if options.get("plan") or options.get("check_unapplied") or options.get("app_label"):
                return
            if not has_wall_two(connection):
                return
            declared = declared_tables(connection)
            restated = restate_policies(connection, declared)
            unclear = [table for table in existing_tables(connection) if table not in declared]
        if restated and options["verbosity"]:
            self.stdout.write(f"  Policies stated again: {', '.join(restated)}")
        if unclear:
            raise CommandError(
                f"Migrated, but these tables are neither isolated nor declared shared: {', '.join(unclear)}. "
                "Add IsolateTable, ProtectPeopleTable, ProtectStaffTable or ShareTable (tenancy.db.operations) "
                "for each to a migration; until then the application's roles cannot read them."
            )
