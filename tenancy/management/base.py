"""What all commands of the product share: scope, JSON, dry run, and exit codes that a script can trust."""

from __future__ import annotations

import argparse
import difflib
import json
from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser, DjangoHelpFormatter
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from ..exceptions import TenantRefused
from ..models import Tenant
from ..scope import system_scope

REFUSED, USAGE = 1, 2


class _Help(DjangoHelpFormatter, argparse.RawDescriptionHelpFormatter):
    """Keeps the line breaks of descriptions and examples."""


class TenancyCommand(BaseCommand):
    """Base class: subclasses write `arguments` and `run`, which returns what is printed (a dict, or a list of them).

    Exit code 0: done. 1: refused, or done in part. 2: wrong usage, an unknown name included. A command that `writes`
    runs in one transaction and has ``--dry-run``, which does everything and then rolls back.
    """

    writes: ClassVar[bool] = False
    examples: ClassVar[str] = ""  # lines without "manage.py"

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        lines = [f"  manage.py {subcommand} {line.strip()}".rstrip() for line in self.examples.strip().splitlines()]
        epilog = "examples:\n" + "\n".join(lines) + "\n\nexit code: 0 done, 1 refused or done in part, 2 wrong usage"
        return super().create_parser(prog_name, subcommand, formatter_class=_Help, epilog=epilog, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        self.arguments(parser)
        parser.add_argument("--json", action="store_true", help="print JSON for a program to read")
        if self.writes:
            parser.add_argument("--dry-run", action="store_true", help="do everything, undo it, say what it was")
            parser.add_argument("--reason", default="", help="why; stands in the history and the audit trail")

    def arguments(self, parser: CommandParser) -> None:
        """Declare the command's own arguments."""

    def run(self, *args: Any, **options: Any) -> Any:
        """Do the work in system scope; return a dict or a list of dicts."""
        raise TypeError(f"{type(self).__module__} has no run().")

    def handle(self, *args: Any, **options: Any) -> None:
        with system_scope(reason=f"command {self.name}"):
            try:
                result = self.in_transaction(**options) if self.writes else self.run(**options)
            except TenantRefused as refusal:
                raise CommandError(f"{refusal} ({refusal.code})", returncode=REFUSED) from refusal
            except ValidationError as error:
                raise CommandError(" ".join(error.messages), returncode=USAGE) from error
        self.show(result, **options)

    def in_transaction(self, **options: Any) -> Any:
        with transaction.atomic():
            result = self.run(**options)
            if options["dry_run"]:
                transaction.set_rollback(True)
                result["dry_run"] = True
        return result

    @property
    def name(self) -> str:
        return type(self).__module__.rpartition(".")[2]

    def show(self, result: Any, **options: Any) -> None:
        if options["json"]:
            self.stdout.write(json.dumps(result, cls=DjangoJSONEncoder, indent=2))
        elif isinstance(result, list):
            self.stdout.write(table(result))
        else:
            self.stdout.write(self.sentence(result))

    def sentence(self, result: dict[str, Any]) -> str:
        """The human words for a result; without them, its lines."""
        start = "Would be done (dry run, nothing was changed):\n" if result.get("dry_run") else ""
        return start + "\n".join(f"{name}: {value}" for name, value in result.items() if name != "dry_run")


def tenant_named(slug: str) -> Tenant:
    """The tenant with this slug. Exits with 2 and the nearest slugs where there is none."""
    tenant = Tenant.objects.filter(slug=slug).first()
    if tenant is not None:
        return tenant
    known = Tenant.objects.order_by("slug").values_list("slug", flat=True)[:5000]
    near = difflib.get_close_matches(slug, known, n=3, cutoff=0.5)
    remedy = f"Did you mean {', '.join(near)}?" if near else "`manage.py list_tenants` shows all."
    raise CommandError(f"There is no tenant “{slug}”. {remedy}", returncode=USAGE)


def user_with(email: str) -> Any:
    """The account with this address, or None."""
    return get_user_model()._default_manager.filter(email=email.strip().lower()).first()


def table(rows: Iterable[dict[str, Any]]) -> str:
    """Rows as aligned columns; a sentence where there are none."""
    cells = [[str(value if value is not None else "") for value in row.values()] for row in rows]
    if not cells:
        return "Nothing to list."
    head = list(next(iter(rows)))
    widths = [max(map(len, column)) for column in zip(head, *cells, strict=True)]
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in [head, *cells])
