"""Fills the database with the demo."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from console.demo import logins
from console.demo.seed import seed


class Command(BaseCommand):
    help = (
        "Make three tenants with some hundred members, a login per staff role and per role in a tenant, and some weeks "
        "of history. Doing it again changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--force", action="store_true", help="also where DEBUG is false: the passwords are public")

    def handle(self, *args: Any, force: bool, **options: Any) -> None:
        if not settings.DEBUG and not force:
            raise CommandError("The demo's passwords are public. Say --force if this is no production.", returncode=1)
        acts = logging.getLogger("tenancy.audit")
        level = acts.level
        acts.setLevel(logging.WARNING)  # weeks of acts, which stand in the trail, not on this screen
        try:
            made = seed(self.stdout.write)
        finally:
            acts.setLevel(level)
        if not made:
            self.stdout.write("The demo is there already; nothing was changed.")
        self.stdout.write(logins())
