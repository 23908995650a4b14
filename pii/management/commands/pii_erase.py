"""Approve and carry out a planned erasure."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from ...erase import start_erasure
from ...erase.door import run_erasure
from ...models import State
from ...requests import approve
from ..base import PiiCommand, request_of, user_of


class Command(PiiCommand):
    help = (
        "Approve a planned erasure as a second officer and carry it out, or resume one that was interrupted. Without "
        "--confirm NUMBER it only says what stands. Exit 1: refused, or passages wait for review. "
        "Example: manage.py pii_erase DSR-2026-00001 --by second@example.com --confirm DSR-2026-00001"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("number")
        parser.add_argument("--by", required=True, help="address of the officer who approves")
        parser.add_argument("--confirm", default="", metavar="NUMBER", help="the number again, to carry it out")

    def handle(self, *args: Any, **options: Any) -> None:
        officer = user_of(options["by"])
        request = request_of(options["number"])
        if options["confirm"]:
            if options["confirm"].strip() != request.number:
                raise CommandError(f"--confirm repeats the number of the request, {request.number}.")
            if request.state == State.PLANNED:
                request = approve(request, by=officer, plan_hash=request.plan_hash)
            if request.state in (State.APPROVED, State.FAILED):
                request = start_erasure(request, by=officer, typed_number=options["confirm"])
            request = run_erasure(request.pk)
        data = {
            "number": request.number,
            "state": request.state,
            "partial": request.is_partial,
            "report": request.report,
        }
        self.say(options, data, f"{request.number}: {request.get_state_display()}")
        if options["confirm"] and request.state != State.DONE:
            waits = request.state == State.VERIFYING
            self.fail("Passages wait for review: answer them on the request's page." if waits else "It is not done.")
