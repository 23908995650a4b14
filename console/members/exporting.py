"""Writes the members of a tenant as CSV, XLSX or JSON, one row in memory at a time."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from typing import IO, Any

import openpyxl
from openpyxl.cell import WriteOnlyCell

from pii.restricted import without_restricted
from tenancy.models import UserTenantMembership

from .resources import MemberResource, cell

FORMATS = ("csv", "xlsx", "json")


def member_rows() -> Iterator[dict[str, Any]]:
    """The members of the tenant in scope, ordered by address; those whose processing is restricted are left out."""
    names = MemberResource.names()
    paths = ["user__email" if name == "email" else name for name in names]
    allowed = without_restricted(UserTenantMembership.objects.all())  # Art. 18: kept, and not handed out
    queryset = allowed.order_by("user__email").values_list(*paths)
    for values in queryset.iterator(chunk_size=2000):
        yield dict(zip(names, values, strict=True))


def write_csv(stream: IO[str]) -> int:
    """CSV with commas; the byte order mark lets Excel see that it is UTF-8. Returns how many rows."""
    stream.write("\ufeff")
    writer = csv.writer(stream)
    writer.writerow(MemberResource.names())
    count = 0
    for count, row in enumerate(member_rows(), start=1):  # noqa: B007  # the last number is the result
        writer.writerow([cell(value) for value in row.values()])
    return count


def write_json(stream: IO[str]) -> int:
    """A list of objects; a program reads it, so nothing is neutralised. Returns how many rows."""
    stream.write("[")
    count = 0
    for count, row in enumerate(member_rows(), start=1):
        stream.write((",\n " if count > 1 else "\n ") + json.dumps(row, ensure_ascii=False))
    stream.write("\n]\n")
    return count


def write_xlsx(stream: IO[bytes]) -> int:
    """A workbook whose cells are all text. Returns how many rows."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Members")
    sheet.append(list(MemberResource.names()))
    count = 0
    for count, row in enumerate(member_rows(), start=1):  # noqa: B007  # as above
        line = []
        for value in row.values():
            written = WriteOnlyCell(sheet, cell(value))
            written.data_type = "s"  # never a formula
            line.append(written)
        sheet.append(line)
    book.save(stream)
    return count
