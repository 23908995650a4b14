"""Erase what has outlived its declared span."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandError, CommandParser

from ...retention import record_of_processing, sweep
from ..base import PiiCommand, tenant_of


class Command(PiiCommand):
    help = (
        "Erase rows that are older than their declared span, and finish erasures whose hold has ended; --dry-run "
        "counts. --record prints the Article 30 record. Example: manage.py pii_retention --dry-run --json"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--dry-run", action="store_true", help="only count")
        parser.add_argument("--record", action="store_true", help="print the record of processing activities")
        parser.add_argument("--tenant", help="slug: with --record, that organisation's own record and spans")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["record"]:
            tenant = tenant_of(options)
            record = record_of_processing(tenant.pk if tenant else None)
            text = "\n".join(f"{x['model']}: {x['purpose']} · {x['legal_basis']} · {x['retention']}" for x in record)
            self.say(options, record, text)
            return
        if options["tenant"]:
            raise CommandError("--tenant goes with --record: a sweep is for every organisation.", returncode=2)
        lines = sweep(dry_run=options["dry_run"])
        text = "\n".join(f"{x.rows:>8}  {x.model}  {x.tenant or ''}  after {x.days} days" for x in lines)
        self.say(options, [asdict(line) for line in lines], text or "Nothing is older than its span.")
