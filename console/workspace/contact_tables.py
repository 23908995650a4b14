"""Contacts as CSV and XLSX: one batch of rows in memory at a time, and no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from django.http import StreamingHttpResponse

from console.members.resources import cell

from .attributes import join_attributes
from .models import Contact
from .paging import keyset_page
from .workbook_stream import stream_workbook

BATCH = 2_000
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
    "external_id",
    "attributes",
    "tags",
)
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def export_contacts(found: Any, format: str) -> StreamingHttpResponse:
    """A download of `found` (a queryset of contacts), as ``csv`` or ``xlsx``, written while it is sent."""
    if format == "csv":
        response = StreamingHttpResponse(_csv(found), content_type="text/csv; charset=utf-8")
    else:
        book = stream_workbook("Contacts", COLUMNS, contact_lines(found))
        response = StreamingHttpResponse(book, content_type=XLSX_TYPE)
    response["Content-Disposition"] = f'attachment; filename="contacts.{format}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


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
    yield join_attributes(contact.attributes)
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
