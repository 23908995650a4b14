"""Where is a person's data, and how much."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from tenancy import audit, system_scope

from ...find import find, where
from ...subjects import Subject
from ..base import PiiCommand, add_person, tenant_of


class Command(PiiCommand):
    help = (
        "Find everything that belongs to a person, over all organisations or in one: a table of where and how much. "
        "Shows counts, never values. Example: manage.py pii_find --email jane@example.com --tenant northwind"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        add_person(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        tenant = tenant_of(options)
        try:
            subject = Subject.start(
                emails=options["email"], phones=options["phone"], tenant_id=tenant.pk if tenant else None
            )
        except ValueError as error:
            raise CommandError(str(error), returncode=2) from error
        with system_scope(reason="find a person's data"):
            if tenant is not None:
                subject.with_account = False
            lines = where(find(subject))
            audit.record(
                "privacy.person_searched", by=None, tenant=tenant, details={"rows": sum(x["rows"] for x in lines)}
            )
        table = "\n".join(f"{line['rows']:>8}  {line['model']}  {line['tenant'] or 'account'}" for line in lines)
        self.say(options, lines, table or "Nothing is kept about this person.")
