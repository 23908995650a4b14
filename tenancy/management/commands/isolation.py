"""Prints, per table and wall, what holds; exits 1 on any hole."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.core.management.sql import emit_post_migrate_signal
from django.db import connections

from tenancy.db.briefly import briefly
from tenancy.db.declared import declared_tables
from tenancy.db.operations import PrepareDatabase, has_wall_two
from tenancy.db.owner import owner_connection
from tenancy.db.report import CHECKS, Report, State, isolation_report
from tenancy.scope import system_scope

MARKS = {State.HOLDS: "yes", State.HOLE: "HOLE", State.ABSENT: "-", State.NONE: "."}


class Command(BaseCommand):
    help = (
        "Print, per table and wall, what holds. Exits 1 on any hole.\n\n"
        "  manage.py isolation            the table and the holes\n"
        "  manage.py isolation --json     the same for machines\n"
        "  manage.py isolation --apply    raise wall 2 as the migrations declare it, on a project that is ready for it"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print a JSON object")
        parser.add_argument("--apply", action="store_true", help="apply every declared policy again, as the owner")
        parser.add_argument("--database", default="default")

    def handle(self, *args: Any, **options: Any) -> None:
        with system_scope(reason="isolation report"):
            if options["apply"]:
                self._apply(options["database"])
            report = isolation_report(options["database"])
        if options["json"]:
            self.stdout.write(json.dumps(as_json(report), indent=2))
        else:
            self._print(report)
        if report.holes:
            sys.exit(1)

    def _apply(self, alias: str) -> None:
        connection = connections[alias]
        if not has_wall_two(connection):
            self.stderr.write("The database backend is not tenancy.db.postgresql: there is no wall 2 to raise.")
            sys.exit(2)
        with owner_connection(alias):
            with connection.schema_editor(atomic=False) as editor:
                PrepareDatabase().database_forwards("tenancy", editor, None, None)
                for policy in declared_tables(connection).values():
                    briefly(editor, *policy.apply())  # the site may be up
            # Other apps grant what they need when migrations have run, and the policies began from nothing.
            emit_post_migrate_signal(verbosity=0, interactive=False, db=alias)

    def _print(self, report: Report) -> None:
        width = max(len(name) for name in report.kinds) + 1
        titles = list(CHECKS.values())
        self.stdout.write(f"{'table':{width}} {'kind':22} " + "  ".join(titles))
        for table, kind in report.kinds.items():
            found = report.of(table)
            cells = [MARKS[found[check].state] if check in found else "." for check in CHECKS]
            marks = "  ".join(f"{cell:{len(title)}}" for cell, title in zip(cells, titles, strict=True))
            self.stdout.write(f"{table:{width}} {kind:22} {marks}")
        for finding in report.findings:
            if not finding.table:
                self.stdout.write(f"{finding.check}: {finding.state} {finding.detail}".rstrip())
        for hole in report.holes:
            self.stdout.write(self.style.ERROR(f"HOLE {hole.table or 'database'}, {hole.check}: {hole.detail}"))
        self.stdout.write(f"{len(report.kinds)} tables, {len(report.holes)} holes")


def as_json(report: Report) -> dict[str, Any]:
    """The report as plain data: ``{"tables": {name: {"kind", check: {"state", "detail"}}}, "database", "holes"}``."""
    return {
        "tables": {
            table: {
                "kind": kind,
                **{check: {"state": f.state, "detail": f.detail} for check, f in report.of(table).items()},
            }
            for table, kind in report.kinds.items()
        },
        "database": {f.check: {"state": f.state, "detail": f.detail} for f in report.findings if not f.table},
        "holes": len(report.holes),
    }
