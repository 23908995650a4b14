"""Looks at an existing project and plans how it becomes multi-tenant; changes nothing but the plan file."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from tenancy.adoption import planfile
from tenancy.adoption.obstacles import Obstacle, in_models
from tenancy.adoption.plan import Entry, make_plan
from tenancy.adoption.sources import in_sources
from tenancy.db.owner import owner_connection
from tenancy.db.paths import generic_path, source_along
from tenancy.exceptions import TenancyError
from tenancy.scope import system_scope


class Command(BaseCommand):
    help = (
        "Classify every table, find each row's way to its tenant, list what stands in the way, write a plan to edit.\n"
        "--check compares a plan with the project: exit code 1 where a model is not in it, or something is unclear."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--root", metavar="app.Model", help="the model whose rows are the customers")
        parser.add_argument("--name", default="name", help="its field that names a customer (default: name)")
        parser.add_argument("--plan", default="tenancy_plan.toml", metavar="FILE")
        parser.add_argument("--check", action="store_true", help="write nothing, compare the plan with the project")
        parser.add_argument("--force", action="store_true", help="write over a plan that is there")
        parser.add_argument("--no-rows", action="store_true", help="do not look at the rows themselves")
        parser.add_argument("--json", action="store_true", help="print JSON")
        parser.add_argument("--database", default="default")

    def handle(self, **options: Any) -> None:
        path = Path(options["plan"])
        with owner_connection(options["database"]), system_scope(reason="tenancy_plan"):
            if options["check"]:
                self._check(path, connections[options["database"]])
                return
            if not options["root"]:
                raise CommandError("--root app.Model: which model's rows are the customers?")
            if path.exists() and not options["force"]:
                raise CommandError(f"{path} is there already and may have been edited; --force writes over it.")
            root = _model(options["root"])
            entries = make_plan(root, options["name"], connections[options["database"]], look=not options["no_rows"])
        obstacles = [*in_models(entries), *in_sources()]
        planfile.write(path, root._meta.label, entries, obstacles)
        if options["json"]:
            shown = {"entries": [asdict(one) for one in entries], "obstacles": [asdict(one) for one in obstacles]}
            self.stdout.write(json.dumps(shown, indent=1))
        else:
            self._print(entries, obstacles, path)

    def _print(self, entries: list[Entry], obstacles: list[Obstacle], path: Path) -> None:
        shown = [entry for entry in entries if entry.kind != "own"]
        width = max(len(entry.label or entry.table) for entry in shown)
        for entry in shown:
            way = f"own tenant, named by {entry.own}" if entry.own else entry.path
            others = [one for one in entry.candidates if one != entry.path]
            more = f"  (also {', '.join(others)})" if others else ""
            rows = f"{entry.rows:>9,}" if entry.rows is not None else " " * 9
            self.stdout.write(f"{entry.label or entry.table:<{width}}  {entry.kind:<8}{rows}  {way}{more}".rstrip())
        self.stdout.write("\nWhat stands in the way:")
        for one in obstacles:
            self.stdout.write(f"  {one.kind:<13} {one.place}: {one.problem}\n  {'':<13} -> {one.remedy}")
        counted = Counter(entry.kind for entry in shown)
        summary = ", ".join(f"{count} {kind}" for kind, count in sorted(counted.items()))
        self.stdout.write(f"\n{len(shown)} tables: {summary}. {len(obstacles)} obstacles. Plan: {path}")

    def _check(self, path: Path, connection: Any) -> None:
        try:
            plan = planfile.read(path)
        except (OSError, ValueError) as error:
            raise CommandError(f"{path}: {error}") from None
        problems = [f"{name}: unclear" for name, entry in plan.entries.items() if entry.kind == "unclear"]
        for model in apps.get_models(include_auto_created=True):
            entry = plan.of(model)
            if model._meta.proxy:
                continue
            if entry is None and model._meta.app_label not in ("tenancy", "pii"):
                problems.append(f"{model._meta.label}: not in the plan")
            elif entry is not None and entry.kind == "tenant" and entry.path:
                problems += _path_problems(model, entry, plan, connection)
        for problem in problems:
            self.stdout.write(problem)
        if problems:
            raise CommandError(f"{len(problems)} things to decide in {path}.", returncode=1)
        self.stdout.write(f"{path} fits the project.")


def _path_problems(model: Any, entry: Entry, plan: planfile.Plan, connection: Any) -> list[str]:
    found = []
    for path in (entry.path, *entry.agree):
        path = generic_path(model, path)
        if "/" in path:
            continue
        current = model
        try:
            for step in path.split("__"):
                current = current._meta.get_field(step).related_model
            ends = plan.of(current) if current._meta.label != "tenancy.Tenant" else entry
            if ends is None or ends.kind != "tenant":
                source_along(model, path, connection)
        except (AttributeError, LookupError, TenancyError) as error:
            found.append(f"{model._meta.label}: the path {path} fails: {error}")
    return found


def _model(label: str) -> Any:
    try:
        return apps.get_model(label)._meta.concrete_model
    except (LookupError, ValueError) as error:
        raise CommandError(f"There is no model {label!r}: {error}") from None
