"""Enter a request for erasure and plan it: a dry run with counts per model."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from tenancy import system_scope

from ...models import Kind
from ...plan import make_plan
from ...requests import attest, decide_tenant, receive
from ..base import PiiCommand, add_person, attested, request_of, tenant_of, user_of


class Command(PiiCommand):
    help = (
        "Plan an erasure: enter a request (or name one with --request), attest the identity, and print what would be "
        "erased, kept and refused. Nothing is erased. Decide each organisation of a platform-wide request with "
        "--carry-out SLUG or --refuse SLUG=GROUND. "
        "Example: manage.py pii_plan --email jane@example.com --by officer@example.com --attest 'passport seen'"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        add_person(parser)
        parser.add_argument("--request", help="number of a request that exists")
        parser.add_argument("--by", required=True, help="address of the officer who enters it")
        parser.add_argument("--attest", default="", help="how the identity was checked")
        parser.add_argument("--carry-out", action="append", default=[], metavar="SLUG", help="organisation that erases")
        parser.add_argument(
            "--refuse", action="append", default=[], metavar="SLUG=GROUND", help="organisation that keeps"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        officer = user_of(options["by"])
        carry_out = [tenant_of({"tenant": slug}) for slug in options["carry_out"]]
        refuse = [_refusal(pair) for pair in options["refuse"]]
        method = attested(options) if options["attest"] else ""
        if options["request"]:
            request = request_of(options["request"])
        else:
            if not options["email"] and not options["phone"]:
                raise CommandError("Name the person with --email or --phone, or a request.", returncode=2)
            request = receive(
                Kind.ERASURE,
                by=officer,
                emails=options["email"],
                phones=options["phone"],
                tenant=tenant_of(options),
            )
        if method:
            attest(request, by=officer, method=method)
        make_plan(request, by=officer)
        for tenant in carry_out:
            decide_tenant(request, tenant, answer="carry_out", by=officer)
        for tenant, ground in refuse:
            decide_tenant(request, tenant, answer="refuse", by=officer, ground=ground)
        request = request_of(request.number)
        with system_scope(reason="show a plan"):
            items = list(
                request.items.values("model", "tenant_key", "action", "rows", "history_rows", "ground", "until")
            )
            open_ones = list(request.decisions.filter(answer="pending").values_list("tenant__slug", flat=True))
        lines = [f"{request.number}  plan {request.plan_hash[:12]}"]
        lines += [f"{i['action']:>10}  {i['rows']:>7} rows {i['history_rows']:>7} history  {i['model']}" for i in items]
        lines += [f"undecided: {slug} (--carry-out {slug} or --refuse {slug}=GROUND)" for slug in open_ones]
        data = {"number": request.number, "plan": request.plan_hash, "items": items, "undecided": open_ones}
        self.say(options, data, "\n".join(lines))


def _refusal(pair: str) -> tuple[Any, str]:
    slug, _, ground = pair.partition("=")
    if not slug or not ground.strip():
        raise CommandError("--refuse takes SLUG=GROUND: a refusal names its ground.", returncode=2)
    return tenant_of({"tenant": slug}), ground
