"""The lists of an import as files: one list streamed as CSV, and the refused rows to be corrected."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from django.http import StreamingHttpResponse

from .browse import pages
from .corrections import refused_lines
from .covering import Cover
from .files.exports import line_writer, neutralise
from .models import MemberImport
from .targets import TARGETS

CSV = "text/csv; charset=utf-8"
MARK = "\ufeff"  # lets Excel see that it is UTF-8


def list_file(item: MemberImport, action: str, cover: Cover) -> StreamingHttpResponse:
    """One list, one row in memory at a time, masked as on the page."""
    response = StreamingHttpResponse(_lines(item, action, cover), content_type=CSV)
    response["Content-Disposition"] = f'attachment; filename="import-{item.number}-{action}.csv"'
    return response


def refused_file(item: MemberImport) -> StreamingHttpResponse:
    """The refused rows as they stood in the file, with why, streamed. Raises FileRefused when the file was purged."""
    response = StreamingHttpResponse(itertools.chain([MARK], refused_lines(item)), content_type=CSV)
    response["Content-Disposition"] = f'attachment; filename="import-{item.number}-refused.csv"'
    return response


def _lines(item: MemberImport, action: str, cover: Cover) -> Iterator[str]:
    names = [column.field for column in TARGETS[item.target].columns]
    writer = line_writer()
    yield MARK + writer.writerow(["line", "email", *names, "before", "why"])
    for row in map(cover.row, pages(item, action)):
        why = row["reason"] or " ".join(f"{entry['reason']} {entry['remedy']}" for entry in row["problems"])
        before = ", ".join(f"{change['field']}: {change['before']}" for change in row["changes"])
        values = ["" if row["values"].get(name) is None else str(row["values"][name]) for name in names]
        yield writer.writerow([row["line"], *map(neutralise, [row["key"], *values, before, why])])
