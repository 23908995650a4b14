"""Check an export package against its manifest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from ...export import verify_package
from ..base import PiiCommand


class Command(PiiCommand):
    help = (
        "Check an export package: every file against its SHA-256 and row count, and the manifest's signature. "
        "Prints what is wrong and exits 1, or exits 0. Example: manage.py pii_verify package.zip"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        problems = verify_package(options["file"])
        self.say(options, {"problems": problems}, "\n".join(problems) or "The package is whole and made here.")
        if problems:
            self.fail("The package must not be handed over.")
