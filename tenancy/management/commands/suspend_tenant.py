"""Closes a tenant to its members for a while."""

from __future__ import annotations

import datetime
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.timezone import is_naive

from tenancy.lifecycle import suspend_tenant
from tenancy.management.base import USAGE, TenancyCommand, tenant_named


class Command(TenancyCommand):
    help = (
        "Suspend a tenant: its members see a page with the reason, nothing is deleted.\n"
        "With --until it opens again by itself; `restore_tenant` opens it at once."
    )
    writes = True
    examples = """
        --tenant northwind --reason "Invoices are overdue"
        --tenant northwind --reason "Maintenance" --until 2030-01-31
    """

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", required=True, help="slug of the tenant")
        parser.add_argument("--until", help="date or moment (ISO 8601, UTC where it names no zone)")

    def run(self, *args: Any, tenant: str, reason: str, until: str | None, **options: Any) -> dict[str, Any]:
        if not reason.strip():
            raise CommandError("Say why with --reason: members are shown it.", returncode=USAGE)
        suspended = suspend_tenant(tenant_named(tenant), by=None, reason=reason, until=moment(until))
        return {
            "id": suspended.pk,
            "slug": suspended.slug,
            "state": suspended.state,
            "until": suspended.suspended_until,
        }


def moment(text: str | None) -> datetime.datetime | None:
    """A typed date or moment, aware. Exits with 2 for anything else."""
    if not text:
        return None
    try:
        parsed = parse_datetime(text)
        if parsed is None and (day := parse_date(text)):
            parsed = datetime.datetime.combine(day, datetime.time())
    except ValueError:
        parsed = None
    if parsed is None:
        raise CommandError(f"“{text}” is no date; write 2030-01-31 or 2030-01-31T18:00+01:00.", returncode=USAGE)
    return parsed.replace(tzinfo=datetime.UTC) if is_naive(parsed) else parsed
