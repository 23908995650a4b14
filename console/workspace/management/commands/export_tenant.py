"""Writes everything of a tenant into one archive, for whoever leads the platform and hands it over."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from console.workspace.exporting.archive import write_archive
from console.workspace.exporting.orders import one_moment
from tenancy import audit, tenant_scope
from tenancy.management.base import USAGE, TenancyCommand, tenant_named


class Command(TenancyCommand):
    help = (
        "Write a tenant's records, files and history into one ZIP archive, whatever state the tenant is in.\n"
        "Owners order the same archive in their workspace."
    )
    examples = """
        --tenant northwind --output northwind.zip --reason "handed over before the purge, ticket 1234"
    """

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", required=True, help="slug of the tenant")
        parser.add_argument("--output", required=True, help="path of the archive; an existing file is not overwritten")
        parser.add_argument("--reason", required=True, help="why; stands in the audit trail")

    def run(self, *args: Any, tenant: str, output: str, reason: str, **options: Any) -> dict[str, Any]:
        where, path = tenant_named(tenant), Path(output)
        try:
            target = path.open("xb")
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}", returncode=USAGE) from error
        path.chmod(0o600)
        try:
            with target, tenant_scope(where), one_moment():
                counts = write_archive(where, target, lambda rows, place: None)
        except BaseException:
            path.unlink()  # half an archive looks like a whole one
            raise
        audit.record("tenant.exported", by=None, tenant=where, target=where, reason=reason)
        return {"tenant": where.slug, "output": str(path), "bytes": path.stat().st_size, **counts}
