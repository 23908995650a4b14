"""Writes the members of a tenant into a file."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from console.members.exporting import FORMATS, write_csv, write_json, write_xlsx
from tenancy import audit, tenant_scope
from tenancy.management.base import USAGE, TenancyCommand, tenant_named


class Command(TenancyCommand):
    help = (
        "Write the members of a tenant as CSV, XLSX or JSON, to standard output or into a file.\n"
        "Cells that a spreadsheet program would run as a formula get an apostrophe before them (not in JSON);\n"
        "import_members takes it off again, so that an export can be imported without a change."
    )
    examples = """
        --tenant northwind --format csv > members.csv
        --tenant northwind --format xlsx --output members.xlsx
    """

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", required=True, help="slug of the tenant")
        parser.add_argument("--format", choices=FORMATS, default="csv")
        parser.add_argument("--output", type=Path, help="file to write; standard output without it")

    def run(self, *args: Any, tenant: str, format: str, output: Path | None, **options: Any) -> Any:
        where = tenant_named(tenant)
        if output is not None and not output.parent.is_dir():
            raise CommandError(f"There is no folder “{output.parent}”.", returncode=USAGE)
        self.to_file = output is not None
        with tenant_scope(where):
            if format == "xlsx":
                packed = io.BytesIO()
                count = write_xlsx(packed)
                self.put(output, packed.getvalue())
            else:
                text = io.StringIO(newline="")
                count = write_csv(text) if format == "csv" else write_json(text)
                self.put(output, text.getvalue())
        audit.record("members.exported", by=None, tenant=where, reason="command line", details={"rows": count})
        return {"tenant": where.slug, "format": format, "members": count, "output": str(output or "-")}

    def put(self, output: Path | None, content: str | bytes) -> None:
        if output is not None:
            output.write_bytes(content.encode() if isinstance(content, str) else content)
        elif isinstance(content, str):
            self.stdout.write(content, ending="")
        elif hasattr(self.stdout._out, "buffer"):
            self.stdout._out.buffer.write(content)
        else:
            sys.stdout.buffer.write(content)

    def show(self, result: Any, **options: Any) -> None:
        if self.to_file:
            super().show(result, **options)
