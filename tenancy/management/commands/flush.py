"""`flush`, run as the tables' owner: the serving roles may not TRUNCATE."""

from __future__ import annotations

from typing import Any

from django.core.management.commands.flush import Command as FlushCommand

from tenancy.db.owner import owner_connection


class Command(FlushCommand):
    """Django's command with the right connection."""

    def handle(self, **options: Any) -> None:
        with owner_connection(options["database"]):
            super().handle(**options)
