"""The lists of an import as files: one list streamed as CSV, and the refused rows to be corrected."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse

from .browse import pages
from .corrections import write_refused
from .covering import Cover
from .files.exports import neutralise
from .models import MemberImport
from .targets import TARGETS

CSV = "text/csv; charset=utf-8"
MARK = "\ufeff"  # lets Excel see that it is UTF-8


def list_file(item: MemberImport, action: str, cover: Cover) -> StreamingHttpResponse:
    """One list, one row in memory at a time, masked as on the page."""
    response = StreamingHttpResponse(_lines(item, action, cover), content_type=CSV)
    response["Content-Disposition"] = f'attachment; filename="import-{item.number}-{action}.csv"'
    return response


def refused_file(item: MemberImport) -> HttpResponse:
    """The refused rows as they stood in the file, with why. Raises FileRefused when the file was purged."""
    response = HttpResponse(content_type=CSV)
    response["Content-Disposition"] = f'attachment; filename="import-{item.number}-refused.csv"'
    response.write(MARK)
    write_refused(item, response)  # type: ignore[arg-type]  # a response is written like a file
    return response


class _Line:
    """Hands each written line on instead of keeping it."""

    def write(self, text: str) -> str:
        return text


def _lines(item: MemberImport, action: str, cover: Cover) -> Iterator[str]:
    names = [column.field for column in TARGETS[item.target].columns]
    writer: Any = csv.writer(_Line())  # type: ignore[arg-type]  # the writer returns what `write` returns
    yield MARK + writer.writerow(["line", "email", *names, "before", "why"])
    for row in map(cover.row, pages(item, action)):
        why = row["reason"] or " ".join(f"{entry['reason']} {entry['remedy']}" for entry in row["problems"])
        before = ", ".join(f"{change['field']}: {change['before']}" for change in row["changes"])
        values = ["" if row["values"].get(name) is None else str(row["values"][name]) for name in names]
        yield writer.writerow([row["line"], *map(neutralise, [row["key"], *values, before, why])])
