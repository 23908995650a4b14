"""Moves everything stored encrypted to the newest key, so that an old one can be dropped."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tenancy.crypto import rotate_all
from tenancy.exceptions import EncryptionError


class Command(BaseCommand):
    help = (
        "Encrypt every stored secret with the first of the encryption keys. Put a new key in front of the old ones, "
        "restart, run this, then drop the old ones. Running it again is harmless."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only check that every secret still decrypts")
        parser.add_argument("--json", action="store_true", help="print how many secrets of each kind, as JSON")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        try:
            counts = rotate_all(dry_run=dry_run)
        except EncryptionError as error:
            raise CommandError(
                f"{error} Put the key that encrypted it back at the end of the list and run this again."
            ) from error
        if options["json"]:
            self.stdout.write(json.dumps(counts))
            return
        for label, count in counts.items():
            self.stdout.write(f"{label}: {count} {'would be rewritten' if dry_run else 'rewritten'}")
