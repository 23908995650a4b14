"""Writes the migrations that bring the edited models to a full database: `makemigrations` for an adoption."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from django.db.migrations.loader import MigrationLoader

from tenancy.adoption import planfile
from tenancy.adoption.autodetect import detect
from tenancy.adoption.writer import write_migrations, write_stop_filling


class Command(BaseCommand):
    help = (
        "Write the migrations for models that got TenantScoped as their base class, by the plan of `tenancy_plan`.\n"
        "Other changes of models are refused: bring them in first, with makemigrations."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--plan", default="tenancy_plan.toml", metavar="FILE")
        parser.add_argument("--stop-filling", action="store_true", help="write the migrations that drop the triggers")
        parser.add_argument("--dry-run", action="store_true", help="print the migrations, write nothing")

    def handle(self, **options: Any) -> None:
        try:
            plan = planfile.read(Path(options["plan"]))
        except (OSError, ValueError) as error:
            raise CommandError(f"{options['plan']}: {error}") from None
        if unclear := [name for name, entry in plan.entries.items() if entry.kind == "unclear"]:
            raise CommandError(f"Decide in {options['plan']} first what these are: {', '.join(unclear)}.")
        loader = MigrationLoader(connections["default"])
        try:
            files = write_stop_filling(plan, loader) if options["stop_filling"] else self._stages(plan, loader)
        except ValueError as error:
            raise CommandError(str(error)) from None
        for path, text in files:
            if options["dry_run"]:
                self.stdout.write(f"# {path}\n{text}")
            else:
                path.parent.mkdir(exist_ok=True)
                path.write_text(text, encoding="utf-8")
                self.stdout.write(f"{path.parent.parent.name}/{path.parent.name}/{path.name}")

    def _stages(self, plan: planfile.Plan, loader: MigrationLoader) -> list[tuple[Path, str]]:
        changes = detect(loader)
        if changes.foreign:
            raise CommandError("These changes have nothing to do with tenants: " + "; ".join(changes.foreign))
        if not any(changes.tenants.values()):
            raise CommandError("No model got a tenant since the last migration: give them TenantScoped as base class.")
        return write_migrations(plan, changes, loader)
