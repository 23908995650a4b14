"""Contacts as CSV and XLSX: one batch of rows in memory at a time, and no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator
from typing import Any

import openpyxl
from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from openpyxl.cell import WriteOnlyCell

from console.members.resources import cell

from .attributes import format_attributes
from .models import Contact
from .paging import keyset_page

BATCH = 2_000
MAX_XLSX_ROWS = 50_000
COLUMNS = (
    "first_name",
    "last_name",
    "email",
    "phone",
    "company",
    "street",
    "postal_code",
    "city",
    "country",
    "birth_date",
    "attributes",
    "tags",
)
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class TooMany(Exception):
    """A workbook of so many rows would keep the server busy for minutes; the text says what to do."""


def export_contacts(found: Any, format: str) -> HttpResponseBase:
    """A download of `found` (a queryset of contacts). Raises TooMany for a workbook of more than 50,000 rows."""
    if format == "csv":
        response: Any = StreamingHttpResponse(_csv(found), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="contacts.csv"'
    else:
        response = FileResponse(_xlsx(found), as_attachment=True, filename="contacts.xlsx", content_type=XLSX_TYPE)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response  # type: ignore[no-any-return]


def contact_lines(found: Any) -> Iterator[list[str]]:
    """The cells of each contact, by name; fetched in batches that start after the last row of the one before."""
    after = ""
    while True:
        page = keyset_page(found.prefetch_related("taggings__tag"), ("name_key", "id"), size=BATCH, after=after)
        for contact in page.rows:
            yield [cell(value) for value in _values(contact)]
        if not page.after:
            return
        after = page.after


def _values(contact: Contact) -> Iterator[Any]:
    for name in COLUMNS[:-2]:
        yield getattr(contact, name)
    yield format_attributes(contact.attributes).replace("\n", "; ")
    yield "; ".join(sorted(tagging.tag.name for tagging in contact.taggings.all()))


def _csv(found: Any) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    yield "\ufeff"  # lets Excel see that it is UTF-8
    writer.writerow(COLUMNS)
    for number, line in enumerate(contact_lines(found), start=1):
        writer.writerow(line)
        if number % 500 == 0:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def _xlsx(found: Any) -> Any:
    if found.order_by().values("pk")[MAX_XLSX_ROWS : MAX_XLSX_ROWS + 1].exists():
        raise TooMany(
            _("A workbook holds at most %(n)d contacts. Filter the list, or take CSV.") % {"n": MAX_XLSX_ROWS}
        )
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Contacts")
    sheet.append(list(COLUMNS))
    for line in contact_lines(found):
        written = []
        for value in line:
            one = WriteOnlyCell(sheet, value)
            one.data_type = "s"  # never a formula
            written.append(one)
        sheet.append(written)
    stream = tempfile.TemporaryFile()  # noqa: SIM115  # the response closes it
    book.save(stream)
    stream.seek(0)
    return stream
