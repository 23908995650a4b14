"""Scan the whole database for a person's identifiers."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from tenancy import audit, system_scope

from ...categories import Trace
from ...identifiers import Identifiers
from ...scan import scan
from ..base import PiiCommand, add_person


class Command(PiiCommand):
    help = (
        "Read every table under the scan's role and say where the identifiers stand, in any spelling: places and "
        "counts, never values. Plants positive controls first; exits 1 on a hit or when the scan proves nothing. "
        "Example: manage.py pii_scan --email jane@example.com --phone '+49 170 1234567'"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        add_person(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        pairs = [(Trace.EMAIL, value) for value in options["email"]] + [
            (Trace.PHONE, value) for value in options["phone"]
        ]
        identifiers = Identifiers.of(pairs)
        if not identifiers:
            raise CommandError("Name what to look for with --email or --phone.", returncode=2)

        def tell(done: int, total: int, name: str) -> None:
            if options["verbosity"] > 1:
                self.stderr.write(f"{done * 100 // max(total, 1):>3} %  {name}")

        with system_scope(reason="scan for a person"):
            result = scan(identifiers, tell=tell)
            audit.record("privacy.scanned", by=None, details={"hits": len(result.hits)})
        data = result.as_json()
        lines = [f"{count:>6}  {place}" for place, count in data["hits"].items()]
        lines += [f"{len(result.files):>6}  stored files"] if result.files else []
        lines += [f"{data['rows']} rows in {data['tables']} tables, controls found: {', '.join(data['controls'])}"]
        lines += [f"void: {why}" for why in data["void"]]
        self.say(options, data, "\n".join(lines))
        if data["hits"] or data["void"] or result.files or result.statistics:
            self.fail("Something was found, or the scan proves nothing.")
