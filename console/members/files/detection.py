"""Looks at a file and answers, before anything happens, how it would be read."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from .dialects import Dialect, find_dialect
from .encodings import Encoding, find_encoding
from .headers import Header, find_header
from .kinds import SAVE_AS_CSV, kind_of
from .limits import MAX_COLUMNS, MAX_XLSX_LOOK, SAMPLE_CHARS, SAMPLE_LINES
from .lines import KEEP, read_lines
from .mapping import ColumnMap, find_layout, map_columns
from .problems import FileRefused, presentable
from .sheets import read_sheet, sheet_names
from .tables import Record, read_records
from .targets import Layout, Target

_TWICE = re.compile(r"[\u00c2\u00c3][\u0080-\u00bf\u0152-\u0178\u201a-\u2122]|\u00e2\u20ac")
"""UTF-8 that was read as Windows-1252 and written as UTF-8 again."""


@dataclass(frozen=True)
class Overrides:
    """What a person decided; blank means: detect. `mapping` is column → field."""

    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    mapping: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Detection:
    """How a file is read. `header_line` is 0 when the file has no names; `sample` holds its first rows."""

    path: Path
    kind: str
    target: Target
    encoding: Encoding
    dialect: Dialect
    header: Header
    header_line: int
    layout: Layout | None
    columns: ColumnMap
    sample: tuple[Record, ...]
    sheet: str = ""
    notes: tuple[str, ...] = ()

    @property
    def missing(self) -> list[str]:
        """Labels of required fields that no column feeds."""
        fed = self.columns.columns
        absent = [item.label for item in self.target.fields if item.required and item.name not in fed]
        if self.target.one_of and not any(name in fed for name in self.target.one_of):
            absent.append(" or the ".join(self.target.by_name[name].label for name in self.target.one_of))
        return absent

    def summary(self) -> dict[str, object]:
        """The answer as plain data, for pages and ``--json``."""
        return {
            "kind": self.kind,
            "encoding": self.encoding.label if self.kind == "csv" else "",
            "delimiter": self.dialect.label if self.kind == "csv" else "",
            "sheet": self.sheet,
            "header_line": self.header_line,
            "layout": self.layout.name if self.layout else "",
            "layout_label": self.layout.label if self.layout else "hand-kept list",
            "columns": [
                {"name": name, "field": self.columns.field_of(index)} for index, name in enumerate(self.header.names)
            ],
            "notes": list(self.notes),
        }


def detect(path: Path, target: Target, overrides: Overrides | None = None) -> Detection:
    """How the file at `path` would be read as rows of `target`.

    Raises FileRefused for a file that is no table, and MappingError for a mapping that names unknown things.
    """
    wish = overrides or Overrides()
    kind = kind_of(path)
    notes: list[str] = []
    encoding, dialect, sheet = Encoding(wish.encoding or "utf-8"), Dialect(), ""
    if kind == "csv":
        encoding, dialect, records = _read_text(path, target, wish, notes)
    else:
        sheet, records = _read_workbook(path, wish, notes)
    rows = [record.cells for record in records]
    if not any(cell.strip(" \t\r\n,;|\"'") for cells in rows for cell in cells):
        raise FileRefused("no_rows", "The file holds no rows.", "Export it again and check that it holds people.")
    widest = max(len(cells) for cells in rows)
    header = find_header(rows, target)
    if len(header.names) > MAX_COLUMNS or (header.index < 0 and widest > MAX_COLUMNS):
        raise FileRefused(
            "too_many_columns",
            f"The table has {max(widest, len(header.names)):,} columns; at most {MAX_COLUMNS} are read.",
            "Keep the columns that describe people and delete the others.",
        )
    if header.index < 0 and len(rows) == 1 and sum("@" in cell for cell in rows[0]) > 1:
        raise FileRefused(
            "one_line", "All addresses stand in one line.", "Write one person per line, with the address in a column."
        )
    below = records[header.index + 1 :]
    sample = tuple(record for record in below if any(cell.strip() for cell in record.cells))
    layout = find_layout(header, target)
    columns = map_columns(header, [record.cells for record in sample[:100]], layout, target, wish.mapping)
    if header.index < 0:
        notes.append("The file has no row of names; columns are told by their content.")
    elif header.index > 0:
        above = "One line" if header.index == 1 else f"{header.index} lines"
        notes.append(f"{above} above the names of the columns {'is' if header.index == 1 else 'are'} left out.")
    if odd := next((cell for record in sample for cell in record.cells if _TWICE.search(cell)), ""):
        notes.append(
            f"Text such as “{presentable(odd)[:60]}” was spoiled before it came into this file: export it again."
        )
    line = records[header.index].line if header.index >= 0 else 0
    return Detection(
        path, kind, target, encoding, dialect, header, line, layout, columns, sample[:20], sheet, tuple(notes)
    )


def _read_text(path: Path, target: Target, wish: Overrides, notes: list[str]) -> tuple[Encoding, Dialect, list[Record]]:
    if wish.encoding:
        try:
            codecs.getincrementaldecoder(wish.encoding)(KEEP).decode(b"a,\x80b\n\0", final=True)
        except (LookupError, ValueError, TypeError, AssertionError) as error:  # unknown, or not an encoding of text
            raise FileRefused(
                "encoding", f"There is no encoding “{presentable(wish.encoding)}”.", "Name one such as utf-8 or cp1252."
            ) from error
        encoding = Encoding(wish.encoding)
    else:
        encoding = find_encoding(path)
    if encoding.mixed:
        notes.append("The file mixes two encodings; lines in the other one are listed.")
    elif not encoding.certain:
        notes.append(f"The encoding is a guess ({encoding.label}): check names with accents in the sample.")
    lines: list[str] = []
    size = 0
    for line in islice(read_lines(path, encoding), SAMPLE_LINES):
        lines.append(line)
        size += len(line)
        if size > SAMPLE_CHARS:
            break
    text = "".join(lines)
    if sum(1 for char in text if char < " " and char not in "\t\n\r\x1e\x1f\x01\0") > len(text) * 0.05 or not (
        text.strip("\0\x01\t\n\r ")
    ):
        raise FileRefused("not_a_table", "This is not a text file: it is full of control characters.", SAVE_AS_CSV)
    dialect = find_dialect(lines, target, wish.delimiter)
    return encoding, dialect, list(read_records(iter(lines), dialect))


def _read_workbook(path: Path, wish: Overrides, notes: list[str]) -> tuple[str, list[Record]]:
    names = sheet_names(path)
    if wish.sheet and wish.sheet not in names:
        raise FileRefused(
            "no_sheet",
            f"There is no sheet “{presentable(wish.sheet)}”.",
            f"Sheets are: {', '.join(presentable(name)[:40] for name in names[:10])}{' …' if names[10:] else '.'}",
        )
    for name in [wish.sheet] if wish.sheet else names[:20]:
        records = _first_records(path, name, MAX_XLSX_LOOK // (1 if wish.sheet else min(len(names), 20)))
        if records or name == wish.sheet:
            others = [other for other in names if other != name]
            if others:
                notes.append(f"Only the sheet “{presentable(name)}” is read; there are {len(others)} more.")
            return name, records
    return names[0], []


def _first_records(path: Path, sheet: str, most: int) -> list[Record]:
    records: list[Record] = []
    size = 0
    for record in islice(read_sheet(path, sheet, most), SAMPLE_LINES):
        records.append(record)
        size += sum(map(len, record.cells))
        if size > SAMPLE_CHARS:
            break
    return records
