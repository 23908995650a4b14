"""Fills the tenant of a table's old rows beside running writers; run again after a kill, it goes on."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from tenancy.db.backfill import BATCH, PAUSE_SECONDS, Backfill, Report
from tenancy.db.filling import own_tenant
from tenancy.db.owner import owner_connection
from tenancy.db.paths import Source, generic_path, source_along, source_of_one
from tenancy.exceptions import TenancyError
from tenancy.models import Tenant
from tenancy.scope import system_scope

INCOMPLETE = 2


class Command(BaseCommand):
    help = (
        "Fill the tenant of the rows of a model that have none.\n"
        "Exit code 0: every row has its tenant. 2: rows are left, and the report names them. 1: it could not run."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("model", help="app.Model; the columns must be there already (AddTenant)")
        source = parser.add_mutually_exclusive_group(required=True)
        source.add_argument(
            "--from", dest="path", help="foreign keys to a row with a tenant: project, or author__company"
        )
        source.add_argument("--own", metavar="FIELD", help="each row is a customer and gets its own tenant, so named")
        source.add_argument("--tenant", metavar="SLUG", help="one tenant for all rows that have none")
        parser.add_argument("--agree", action="append", default=[], metavar="PATH", help="must lead to the same tenant")
        parser.add_argument("--keys", default="", help="only the rows with these keys, separated by commas")
        parser.add_argument("--batch", type=int, default=BATCH, help=f"rows per transaction (default {BATCH})")
        parser.add_argument(
            "--pause", type=float, default=PAUSE_SECONDS * 1000, metavar="MS", help="pause between batches"
        )
        parser.add_argument("--repair", action="store_true", help="correct rows whose tenant is not their path's")
        parser.add_argument("--dry-run", action="store_true", help="count, change nothing")
        parser.add_argument("--json", action="store_true", help="print the report as JSON; progress goes to stderr")
        parser.add_argument("--database", default="default")

    def handle(self, **options: Any) -> None:
        alias = options["database"]
        self.told_at = 0.0
        self.to_stderr = options["json"]
        self.label = options["model"]
        with owner_connection(alias), system_scope(reason="backfill_tenant"):
            try:
                report = self._run(connections[alias], options)
            except TenancyError as error:
                raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(report.as_dict()))
        else:
            self._print(report)
        if not report.is_complete:
            raise CommandError(
                f"{report.missing + report.ambiguous} rows of {report.model} "
                f"{'would be' if report.dry_run else 'are'} left without a tenant.",
                returncode=INCOMPLETE,
            )

    def _run(self, connection: Any, options: dict[str, Any]) -> Report:
        try:
            model = apps.get_model(options["model"])
        except (LookupError, ValueError) as error:
            raise CommandError(f"There is no model {options['model']!r}: {error}") from None
        if not _has_column(connection, model._meta.db_table):
            raise CommandError(f"{model._meta.label} has no column tenant_id yet: migrate its `add_tenant` first.")
        return Backfill(
            connection,
            model,
            self._source(model, connection, options),
            agree=[source_along(model, generic_path(model, path), connection) for path in options["agree"]],
            batch=options["batch"],
            pause=options["pause"] / 1000,
            keys=[key.strip() for key in options["keys"].split(",") if key.strip()],
        ).run(dry_run=options["dry_run"], repair=options["repair"], progress=self._progress)

    def _source(self, model: Any, connection: Any, options: dict[str, Any]) -> Source:
        if options["own"]:
            return own_tenant(model, model._meta.get_field(options["own"]).column)
        if options["path"]:
            return source_along(model, generic_path(model, options["path"]), connection)
        tenant = Tenant.objects.filter(slug=options["tenant"]).first()
        if tenant is None:
            raise CommandError(f"There is no tenant {options['tenant']!r}; `manage.py create_tenant` makes one.")
        return source_of_one(tenant.pk)

    def _progress(self, done: int, total: int, seconds_left: float) -> None:
        now = time.monotonic()
        if now - self.told_at < 1 and done < total:
            return
        self.told_at = now
        share = 100 * done // max(total, 1)
        out = self.stderr if self.to_stderr else self.stdout
        out.write(f"{self.label}: {done:,} of {total:,} ({share} %), {seconds_left:.0f} s left")

    def _print(self, report: Report) -> None:
        would = "would be filled" if report.dry_run else "filled"
        filled = report.total - report.missing - report.ambiguous if report.dry_run else report.filled
        speed = f" in {report.seconds:.1f} s" if not report.dry_run else ""
        self.stdout.write(f"{report.model}: {filled:,} of {report.total:,} rows {would} from {report.source}{speed}")
        if report.repaired:
            self.stdout.write(f"  {report.repaired:,} rows moved to the tenant of their path")
        for what, count, keys in (
            ("no tenant at the end of the path", report.missing, report.missing_keys),
            ("two paths disagree", report.ambiguous, report.ambiguous_keys),
        ):
            if count:
                more = ", …" if count > len(keys) else ""
                self.stdout.write(f"  {count:,} rows: {what}: {', '.join(keys)}{more}")


def _has_column(connection: Any, table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attname = 'tenant_id'",
            [connection.ops.quote_name(table)],
        )
        return bool(cursor.fetchone()[0])
