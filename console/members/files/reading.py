"""Streams the rows of a file: opens it as detection said, and translates record by record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .apart import read_sheet_apart
from .detection import Detection
from .limits import MAX_LINES, MAX_ROWS
from .lines import read_lines
from .problems import FileRefused
from .sheets import read_sheet
from .tables import Record, read_records
from .targets import Rule
from .translation import Row, Translator

BLANK = "The line is blank."
END_OF_FILE = "\x1a"  # what DOS and its heirs write as the last character


def read_records_of(detection: Detection, foreign: list[int] | None = None, *, apart: bool = False) -> Iterator[Record]:
    """The records below the names of the columns, blank ones included; see `read_rows`."""
    if detection.kind == "xlsx":
        records = (read_sheet_apart if apart else read_sheet)(detection.path, detection.sheet)
    else:
        lines = read_lines(detection.path, detection.encoding, foreign)
        records = read_records(lines, detection.dialect, len(detection.header.names))
    for record in records:
        if record.line > detection.header_line:
            yield record


def read_rows(
    detection: Detection, *, rules: Sequence[Rule] = (), foreign: list[int] | None = None, apart: bool = False
) -> tuple[Iterator[Row], Translator]:
    """The rows of the file, and the translator that counts the rules it uses while they are read.

    `rules` are translations that a person added; `foreign` collects lines in another encoding. Blank lines come as
    one skipped row per run. With `apart` a large spreadsheet is unpacked in a process of its own.
    """
    translator = Translator(detection.target, detection.header, detection.columns, rules)
    return _rows(detection, translator, read_records_of(detection, foreign, apart=apart)), translator


def _rows(detection: Detection, translator: Translator, records: Iterator[Record]) -> Iterator[Row]:
    width = len(detection.header.names)
    pad = detection.kind == "xlsx"
    blank: Row | None = None
    filled = 0
    for record in records:
        cells = record.cells
        if record.line > MAX_LINES:
            raise _too_many(f"{MAX_LINES:,} lines")
        if (record.problem is None and not any(map(str.strip, cells))) or cells == [END_OF_FILE]:
            if blank is not None and blank.last_line + 1 == record.line:
                blank.last_line = record.line
                continue
            if blank is not None:
                yield blank
            blank = Row(record.line, skipped=BLANK, last_line=record.line)
            continue
        if blank is not None:
            yield blank
            blank = None
        filled += 1
        if filled > MAX_ROWS:
            raise _too_many(f"{MAX_ROWS:,} rows")
        if pad and len(cells) < width:  # spreadsheets leave out blank cells at the end of a row
            cells.extend([""] * (width - len(cells)))
        yield translator.row(record)
    if blank is not None:
        yield blank


def _too_many(what: str) -> FileRefused:
    return FileRefused(
        "too_many_rows",
        f"The file has more than {what}.",
        "Split it into several files and import one after the other.",
    )
