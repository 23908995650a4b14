"""The gate: every column of every model is decided about, or this exits 1."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from ...coverage import walk
from ...exceptions import DeclarationError
from ...registry import registry


class Command(BaseCommand):
    help = (
        "Print what is declared about every column of every installed model: history models, automatic many-to-many "
        "tables and third-party apps included. Exits 1 while any column is neither declared nor waived with a reason. "
        "Declare a model in its app's pii.py (third-party apps: in the project's own). "
        "Example: manage.py pii_coverage --problems"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="a JSON list with one object per column")
        parser.add_argument("--problems", action="store_true", help="only what is undecided")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            lines = walk()
        except DeclarationError as error:
            self.stderr.write(str(error))
            sys.exit(1)
        problems = [line for line in lines if line.problem]
        shown = problems if options["problems"] else lines
        if options["json"]:
            self.stdout.write(json.dumps([asdict(line) for line in shown], indent=1))
        else:
            for line in shown:
                self.stdout.write(f"{line.model}.{line.field}: {line.problem or f'{line.decision} · {line.detail}'}")
            self.stdout.write(
                f"{len(lines)} columns, {len(problems)} undecided; registry {registry.content_hash()[:12]}"
            )
        if problems:
            sys.exit(1)
