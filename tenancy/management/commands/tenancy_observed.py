"""Shows the list of accesses that no scope covered, and lets CI fail on new ones only."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from tenancy import conf
from tenancy.models import ObservedAccess
from tenancy.scope import system_scope

Key = tuple[str, str, str]


class Command(BaseCommand):
    """Exit codes: 0, or 1 where `--baseline` is given and a place is not in it."""

    help = "List the places that touch observed models without a scope."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--hours", type=float, help="only what was seen in the last so many hours")
        parser.add_argument("--file", help="read lines of JSON from this file in the place of the table")
        parser.add_argument("--baseline", metavar="FILE", help="fail on places that are not in FILE")
        parser.add_argument("--write-baseline", metavar="FILE", help="write today's places to FILE and stop")
        parser.add_argument("--forget", action="store_true", help="empty the list")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, **options: Any) -> None:
        source = options["file"] or conf.get("OBSERVED_FILE")
        with system_scope(reason="list of observed accesses"):
            rows = read_file(Path(source)) if source else read_table(options["hours"])
            if options["forget"]:
                Path(source).unlink(missing_ok=True) if source else ObservedAccess.objects.all().delete()
                self.stdout.write(f"Forgot {len(rows)} places.")
                return
        if target := options["write_baseline"]:
            places = [dict(zip(("model", "what", "place"), key, strict=True)) for key in sorted(map(_key, rows))]
            Path(target).write_text(json.dumps(places, indent=1) + "\n", encoding="utf-8")
            self.stdout.write(f"{target}: {len(rows)} places.")
            return
        known = read_baseline(options["baseline"])
        new = [row for row in rows if known is not None and _key(row) not in known]
        gone = sorted((known or set()) - {_key(row) for row in rows})
        if options["json"]:
            self.stdout.write(json.dumps({"places": rows, "new": new, "gone": [list(key) for key in gone]}, indent=1))
        else:
            self._print(rows, new, gone, options["baseline"])
        if new:
            raise CommandError(f"{len(new)} new places touch models of tenants without a scope.", returncode=1)

    def _print(self, rows: list[dict[str, Any]], new: list[dict[str, Any]], gone: list[Key], baseline: str) -> None:
        for row in rows:
            mark = "NEW " if row in new else ""
            place = f"{row['place']} (line {row['line']})"
            self.stdout.write(f"{mark}{row['model']:<32} {row['what']:<8} {row['count']:>8} x  {place}")
        for model, what, place in gone:
            self.stdout.write(f"gone: {model} {what} {place}; take it out of {baseline}")
        models = len({row["model"] for row in rows})
        self.stdout.write(f"{len(rows)} places in {models} models.")


def read_table(hours: float | None) -> list[dict[str, Any]]:
    """The stored list, newest knowledge of each place."""
    rows = ObservedAccess.objects.all()
    if hours is not None:
        rows = rows.filter(last_seen_at__gte=timezone.now() - timedelta(hours=hours))
    return [
        {**row, "last_seen_at": row["last_seen_at"].isoformat(timespec="seconds")}
        for row in rows.values("model", "what", "place", "line", "count", "last_seen_at")
    ]


def read_file(path: Path) -> list[dict[str, Any]]:
    """The same from lines of JSON, which several processes may have appended."""
    merged: dict[Key, dict[str, Any]] = {}
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        row = json.loads(line)
        known = merged.setdefault(_key(row), {**row, "count": 0})
        known.update(line=row["line"], count=known["count"] + row["count"])
    return [merged[key] for key in sorted(merged)]


def read_baseline(path: str | None) -> set[Key] | None:
    """The places that are known already. Raises CommandError for a file that is none."""
    if path is None:
        return None
    try:
        return {_key(row) for row in json.loads(Path(path).read_text(encoding="utf-8"))}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CommandError(f"{path} is no baseline: {type(error).__name__}. Write one with --write-baseline.") from None


def _key(row: dict[str, Any]) -> Key:
    return row["model"], row["what"], row["place"]
