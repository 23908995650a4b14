"""Writes rows as CSV, XLSX or JSON, one in memory at a time; cells are texts that no spreadsheet runs."""

from __future__ import annotations

import codecs
import csv
import json
from collections.abc import Iterator, Sequence
from typing import IO, Any

import openpyxl
from openpyxl.cell import WriteOnlyCell

from console.members.resources import cell

SHEET_ROWS = 1_000_000  # a sheet of Excel ends soon after
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
Rows = Iterator[Sequence[str]]


def write(target: IO[bytes], kind: str, columns: Sequence[str], rows: Rows) -> int:
    """Write all rows; returns how many. `kind` is ``csv``, ``xlsx`` or ``json``."""
    return {"csv": _csv, "json": _json, "xlsx": _xlsx}[kind](target, columns, rows)


def _csv(target: IO[bytes], columns: Sequence[str], rows: Rows) -> int:
    stream = codecs.getwriter("utf-8")(target)
    stream.write("\ufeff")  # by which Excel sees that it is UTF-8
    writer = csv.writer(stream)
    writer.writerow(columns)
    count = 0
    for count, row in enumerate(rows, start=1):  # noqa: B007  # the last number is the result
        writer.writerow([cell(value) for value in row])
    return count


def _json(target: IO[bytes], columns: Sequence[str], rows: Rows) -> int:
    target.write(b"[")
    count = 0
    for count, row in enumerate(rows, start=1):
        line = json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False)
        target.write((",\n " if count > 1 else "\n ").encode() + line.encode())
    target.write(b"\n]\n")
    return count


def _xlsx(target: IO[bytes], columns: Sequence[str], rows: Rows) -> int:
    book: Any = openpyxl.Workbook(write_only=True)
    sheet: Any = None
    count = 0
    for count, row in enumerate(rows, start=1):
        if (count - 1) % SHEET_ROWS == 0:
            sheet = book.create_sheet(f"Rows {count}")
            sheet.append(list(columns))
        sheet.append([_text(sheet, value) for value in row])
    if sheet is None:
        book.create_sheet("Rows").append(list(columns))
    book.save(target)
    return count


def _text(sheet: Any, value: str) -> Any:
    written = WriteOnlyCell(sheet, openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.sub("", cell(value))[:32_000])
    written.data_type = "s"  # never a formula
    return written
