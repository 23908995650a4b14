"""After a restore: erase again everybody the backup brought back."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from tenancy import system_scope

from ...models import State
from ...tombstones import journal_ahead, replay
from ...tombstones.journal import write_missing
from ..base import PiiCommand


class Command(PiiCommand):
    help = (
        "Compare the tombstone journal with this database and carry out every erasure that a restore undid. Until it "
        "has run, the application servers refuse to start and the readiness endpoint fails. Exit 1 while something is "
        "left. Example: manage.py pii_replay --dry-run"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--dry-run", action="store_true", help="only say what would be erased")

    def handle(self, *args: Any, **options: Any) -> None:
        before = journal_ahead()
        made = replay(by=None, dry_run=options["dry_run"], tell=lambda line: self.stderr.write(line))
        after, written = journal_ahead(), 0
        if not options["dry_run"]:
            with system_scope(reason="mend the tombstone journal"):
                written = write_missing()
        unfinished = [request.number for request in made if request.state != State.DONE]
        data = {
            "ahead": before,
            "left": after,
            "requests": [r.number for r in made],
            "unfinished": unfinished,
            "written": written,
        }
        self.say(options, data, f"{before} erasures ahead of the database, {after} left, {len(made)} requests.")
        if written:
            self.stderr.write(f"The journal had lost {written} lines that this database remembers: written again.")
        if after or unfinished:
            self.fail("Something is left to do.")
