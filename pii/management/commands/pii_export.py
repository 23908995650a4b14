"""Build the export package of a person."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from ... import conf
from ...export import run_export, start_export
from ...models import Kind
from ...requests import attest, receive
from ..base import PiiCommand, add_person, attested, tenant_of, user_of


class Command(PiiCommand):
    help = (
        "Build the package of everything kept about a person (Art. 15, 20), as a request on record. "
        "Example: manage.py pii_export --email jane@example.com --by officer@example.com --attest 'passport' --to j.zip"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        add_person(parser)
        parser.add_argument("--by", required=True, help="address of the officer who acts")
        parser.add_argument("--attest", required=True, help="how the identity was checked")
        parser.add_argument("--to", type=Path, help="copy the package to this path")

    def handle(self, *args: Any, **options: Any) -> None:
        officer = user_of(options["by"])
        if not options["email"] and not options["phone"]:
            raise CommandError("Name the person with --email or --phone.", returncode=2)
        tenant = tenant_of(options)
        method = attested(options)
        if options["to"] and not options["to"].parent.is_dir():
            raise CommandError(f"There is no folder {options['to'].parent} for --to.", returncode=1)
        request = receive(Kind.ACCESS, by=officer, emails=options["email"], phones=options["phone"], tenant=tenant)
        attest(request, by=officer, method=method)
        start_export(request, by=officer)
        package = run_export(request.pk)
        path = conf.packages_dir() / f"{package.pk}.zip"
        if options["to"]:
            try:
                shutil.copyfile(path, options["to"])
                options["to"].chmod(0o600)
            except OSError as error:
                raise CommandError(
                    f"{request.number} is made, but not copied to --to ({error.strerror}); it waits in {path}.",
                    returncode=1,
                ) from None
        data = {
            "number": request.number,
            "rows": package.rows,
            "sha256": package.sha256,
            "file": str(options["to"] or path),
        }
        self.say(options, data, f"{data['number']}: {data['rows']} rows in {data['file']}")
