"""Brings the people of a file into a tenant."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import transaction

from console.members import flow
from console.members.browse import pages
from console.members.choices import Choices, Missing
from console.members.corrections import write_refused
from console.members.files import FileRefused, MappingError, parse_map_option
from console.members.models import ImportState, MemberImport
from console.members.report import report, sentences
from console.members.uploading import upload
from tenancy import Role, tenant_scope
from tenancy.management.base import REFUSED, USAGE, TenancyCommand, tenant_named


class Command(TenancyCommand):
    help = (
        "Read a file of people (CSV of any delimiter and encoding, or XLSX) and make them members of a tenant.\n"
        "Exports of Google Workspace, Microsoft Entra, Okta, Slack and Atlassian are known, and lists kept by hand\n"
        "in many languages. Good rows go in and bad ones are told with line, column, value and remedy; with --strict\n"
        "it is all or none. The same file again changes nothing. Nobody gets a password: people come in by an\n"
        "invitation mail."
    )
    examples = """
        --tenant northwind people.csv --dry-run
        --tenant northwind people.csv --map "Abteilung=title" --map "Notiz=ignore"
        --tenant northwind people.xlsx --strict --missing report --refused corrections.csv
    """

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the file to read")
        parser.add_argument("--tenant", required=True, help="slug of the tenant")
        parser.add_argument("--strict", action="store_true", help="take all rows or none")
        parser.add_argument(
            "--map",
            action="append",
            default=[],
            metavar="COLUMN=FIELD",
            help="which column feeds which field; repeatable",
        )
        parser.add_argument("--encoding", default="", help="encoding of a text file, such as cp1252 (default: found)")
        parser.add_argument("--delimiter", default="", help="delimiter of a text file (default: found)")
        parser.add_argument("--sheet", default="", help="sheet of a workbook (default: the first with rows)")
        parser.add_argument(
            "--missing", choices=[str(item) for item in Missing], default="nothing", help="members not in the file"
        )
        parser.add_argument(
            "--default-role", choices=Role.values, default="member", help="role of new people without one"
        )
        parser.add_argument("--invite", action="store_true", help="mail an invitation to everybody who is new")
        parser.add_argument(
            "--refused", type=Path, metavar="FILE", help="write the refused rows there, to be corrected"
        )
        parser.add_argument("--dry-run", action="store_true", help="check the file and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if self.exit_code:
            raise CommandError("Not all rows were taken; see above." if not options["json"] else "", returncode=REFUSED)

    def run(self, *args: Any, **options: Any) -> dict[str, Any]:
        self.exit_code = 0
        tenant = tenant_named(options["tenant"])
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"There is no file “{path}”.", returncode=USAGE)
        delimiter = {"tab": "\t", "\\t": "\t"}.get(options["delimiter"], options["delimiter"])
        if len(delimiter) > 1:
            raise CommandError("A delimiter is one character (or “tab”).", returncode=USAGE)
        try:
            mapping = dict(parse_map_option(text) for text in options["map"])
            with tenant_scope(tenant):
                return self.work(tenant, path, {**options, "delimiter": delimiter, "mapping": mapping})
        except MappingError as error:
            raise CommandError(str(error), returncode=USAGE) from error
        except FileRefused as refused:
            raise CommandError(f"{refused} ({refused.code})", returncode=REFUSED) from refused

    def work(self, tenant: Any, path: Path, options: dict[str, Any]) -> dict[str, Any]:
        choices = Choices(
            strict=options["strict"],
            missing=Missing(options["missing"]),
            invite=options["invite"],
            default_role=Role(options["default_role"]),
        )
        overrides = {name: options[name] for name in ("encoding", "delimiter", "sheet", "mapping") if options[name]}
        dry_run = options["dry_run"]
        with transaction.atomic() if dry_run else contextlib.nullcontext():
            item = upload(tenant, path, name=path.name, by=None, overrides=overrides, choices=choices)
            try:
                flow.preview(item)
                if item.state == ImportState.STOPPED:
                    raise CommandError(item.message, returncode=REFUSED)
                refused = bool(item.counts.get("refused"))
                if not dry_run and not (choices.strict and refused):
                    flow.confirm(item, by=None)
                    flow.run(item)
                self.exit_code = int(
                    refused or item.state == ImportState.STOPPED or bool(item.applied.get("conflicts"))
                )
                result = report(item, list(pages(item, "refused")), list(pages(item, "skipped")), dry_run=dry_run)
                if options["refused"] and refused:
                    with options["refused"].open("w", encoding="utf-8-sig", newline="") as stream:
                        write_refused(item, stream)
            finally:
                self.settle(item, dry_run)
        return result

    def settle(self, item: MemberImport, dry_run: bool) -> None:
        """A dry run leaves nothing; an import that did not happen is given up."""
        if dry_run:
            name, storage = item.file.name, item.file.storage
            transaction.set_rollback(True)
            storage.delete(name)
        elif not item.is_over and item.state != ImportState.STOPPED:
            flow.discard(item, by=None)

    def sentence(self, result: dict[str, Any]) -> str:
        return "\n".join(sentences(result))
