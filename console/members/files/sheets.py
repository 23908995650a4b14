"""Yields the records of a spreadsheet, straight from its XML: memory holds one row, however many there are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from .limits import MAX_COLUMNS, MAX_LINE, MAX_XLSX_CELL, MAX_XLSX_DEPTH
from .packages import open_package, parse_part, too_deep
from .problems import Problem, presentable
from .strings import LongText, SharedStrings
from .tables import Record
from .workbooks import Contents, read_contents

FORMULA = "\ufdd1"
"""Starts a cell that holds a formula (a code point that no text may contain); the formula follows."""

_LETTERS = {chr(65 + index): index + 1 for index in range(26)}


def sheet_names(path: Path) -> list[str]:
    """The names of the visible sheets."""
    with open_package(path) as archive:
        return [name for name, _ in read_contents(archive).sheets]


def read_sheet(path: Path, sheet: str = "", most: int = 0) -> Iterator[Record]:
    """Records of the sheet called `sheet` (default: the first visible one), blank rows left out.

    With `most` reading ends after so many unpacked bytes, wherever that is.
    """
    with open_package(path) as archive:
        contents = read_contents(archive)
        part = next((part for name, part in contents.sheets if name == sheet), contents.sheets[0][1])
        with closing(SharedStrings(archive, contents.strings)) as strings:
            rows = _Rows(strings, contents)
            with closing(parse_part(archive, part, rows.start, rows.end, rows.text)) as parser:
                more = True
                while more and (not most or parser.fed < most):
                    more = parser.step()
                    yield from rows.ready
                    rows.ready.clear()


class _Rows:
    """Handlers of the XML parser; finished records wait in `ready`."""

    def __init__(self, strings: SharedStrings, contents: Contents) -> None:
        self.strings = strings
        self.contents = contents
        self.ready: list[Record] = []
        self.line = 0
        self.cells: list[str] = []
        self.problem: Problem | None = None
        self.column = 0
        self.kind = self.style = ""
        self.pieces: list[str] = []
        self.formula: list[str] = []
        self.length = self.size = self.depth = 0
        self.into: list[str] | None = None
        self.tags: dict[str, str] = {}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > MAX_XLSX_DEPTH:
            raise too_deep()
        name = self.tags.get(tag)
        if name is None:
            name = tag.rpartition("}")[2]
            if len(self.tags) < 200:
                self.tags[tag] = name
        if name == "c":
            reference = attributes.get("r")
            self.column = _column(reference) if reference else self.column + 1
            self.kind = attributes.get("t", "n")
            self.style = attributes.get("s", "")
            self.pieces, self.formula, self.length = [], [], 0
        elif name in ("v", "t"):
            self.into = self.pieces
        elif name == "f":
            self.formula = self.formula or ["="]
            self.into = self.formula
        elif name == "row":
            number = attributes.get("r", "")
            said = int(number) if number.isdecimal() and len(number) < 8 else 0
            self.line = max(said, self.line + 1)  # no two rows are one line, whatever the file says
            self.cells, self.problem, self.column, self.size = [], None, 0, 0

    def text(self, text: str) -> None:
        if self.into is not None and self.length <= MAX_XLSX_CELL:
            self.into.append(text)
            self.length += len(text)

    def end(self, tag: str) -> None:
        self.depth -= 1
        name = self.tags.get(tag) or tag.rpartition("}")[2]
        if name in ("v", "t", "f"):
            self.into = None
        elif name == "c":
            value = self._value()
            if value:
                self._put(value)
        elif name == "row" and (self.cells or self.problem):
            self.ready.append(Record(self.line, self.cells, self.problem))

    def _put(self, value: str) -> None:
        if not 0 < self.column <= MAX_COLUMNS:
            self.problem = Problem(
                "too_many_columns",
                f"The row has a cell in column {self.column:,}; at most {MAX_COLUMNS} columns are read.",
                "Delete the columns that do not belong to the list.",
                value=presentable(value),
            )
            return
        self.size += len(value)
        if self.size > MAX_LINE:
            self.problem = self.problem or Problem(
                "line_too_long",
                f"The row holds more than {MAX_LINE:,} characters.",
                "Shorten its cells, or remove the row.",
                value=presentable(value),
            )
            return
        missing = self.column - 1 - len(self.cells)
        if missing > 0:
            self.cells.extend([""] * missing)
        if missing >= 0:
            self.cells.append(value)
        else:
            self.cells[self.column - 1] = value

    def _value(self) -> str:
        text = "".join(self.pieces)
        if self.formula and (not text or self.kind == "e"):
            return FORMULA + "".join(self.formula)  # with a saved result the cell is what people see in it
        if not text:
            return ""
        if self.kind == "s":
            try:
                return self.strings.get(int(text))
            except LongText as found:
                return found.text
            except (IndexError, ValueError):
                return "\ufffd"
        if self.kind == "n":
            return self._number(text)
        if self.kind == "b":
            return "true" if text == "1" else "false"
        return text

    def _number(self, text: str) -> str:
        try:
            number = float(text)
        except ValueError:
            return text
        if self.style.isdecimal() and int(self.style) in self.contents.date_styles and 0 <= number < 2_958_466:
            base = datetime(1904, 1, 1) if self.contents.from_1904 else datetime(1899, 12, 30)
            try:
                moment = base + timedelta(days=number)
            except OverflowError:  # behind the year 9999
                return text
            return moment.date().isoformat() if number.is_integer() else moment.isoformat(" ", "seconds")
        if number.is_integer() and abs(number) < 1e15:
            return str(int(number))
        return text


def _column(reference: str) -> int:
    """``AB12`` → 28."""
    column = 0
    for char in reference[:4]:
        letter = _LETTERS.get(char)
        if letter is None:
            break
        column = column * 26 + letter
    return column
