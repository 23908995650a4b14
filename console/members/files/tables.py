"""Yields the records of a text table, each with the number of its line, and recovers from quotes left open."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from .dialects import Dialect
from .limits import MAX_BROKEN_QUOTES, MAX_LINE, MAX_QUOTED_LINES
from .lines import CUT
from .problems import FileRefused, Problem, presentable

csv.field_size_limit(max(csv.field_size_limit(), MAX_LINE * 2))  # lines are bounded before the module sees them


class Record(NamedTuple):
    """One record: its first line, its cells, and what is wrong with its form (None: nothing)."""

    line: int
    cells: list[str]
    problem: Problem | None = None


class _OpenQuote(Exception):
    """A quoted cell went on for too long."""


class _Feed:
    """Hands lines to the csv module and remembers those of the record at hand, to be able to go back."""

    def __init__(self, lines: Iterator[str]) -> None:
        self.lines = lines
        self.again: deque[str] = deque()
        self.taken: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self.taken) >= MAX_QUOTED_LINES:
            raise _OpenQuote
        line = self.again.popleft() if self.again else next(self.lines)
        self.taken.append(line)
        return line


def read_records(lines: Iterator[str], dialect: Dialect, width: int = 0) -> Iterator[Record]:
    """Records of `lines`, blank ones included.

    A quote that is never closed costs its own line only: reading goes on with the next one. With `width` a record
    that spans lines and has another width is taken for such a quote. Raises FileRefused when that happens all over.
    """
    number, broken = 1, 0
    for _ in range(dialect.skip):
        next(lines, None)
        number += 1
    feed = _Feed(lines)
    reader = _reader(feed, dialect, strict=True)
    while True:
        problem: Problem | None = None
        failed = False
        cells: list[str] = []
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (_OpenQuote, csv.Error):
            failed = True
        taken = len(feed.taken)
        line = feed.taken[0]
        if failed and taken == 1:
            cells = _sloppy(line, dialect)
        if (failed and not cells) or (taken > 1 and width and len(cells) != width):
            problem = _open_quote(line)
            broken += 1
            if broken > MAX_BROKEN_QUOTES:
                raise _too_many_open_quotes()
        elif taken == 1 and CUT in line:
            problem = _too_long(line)
        if problem is not None:
            cells = line.rstrip("\n").replace(CUT, "…").split(dialect.delimiter)
            feed.again.extendleft(reversed(feed.taken[1:]))
            taken = 1
        if failed or problem is not None:
            reader = _reader(feed, dialect, strict=True)
        feed.taken.clear()
        yield Record(number, cells, problem)
        number += taken


def _reader(lines: Iterable[str], dialect: Dialect, strict: bool) -> Iterator[list[str]]:
    return csv.reader(
        lines,
        delimiter=dialect.delimiter,
        quotechar=dialect.quote,
        escapechar=dialect.escape or None,
        doublequote=not dialect.escape,
        skipinitialspace=dialect.delimiter != "\t",
        strict=strict,
    )


def _sloppy(line: str, dialect: Dialect) -> list[str]:
    """The cells of one line with quotation marks in odd places, or none where one stays open."""
    if line.count(dialect.quote) % 2:
        return []
    try:
        return next(_reader([line], dialect, strict=False), [])
    except csv.Error:
        return []


def _too_many_open_quotes() -> FileRefused:
    return FileRefused(
        "open_quotes",
        f"More than {MAX_BROKEN_QUOTES} cells open a quotation mark and never close it.",
        "Choose another quotation mark or delimiter, or export the file again.",
    )


def _too_long(line: str) -> Problem:
    return Problem(
        "line_too_long",
        f"The line is longer than {MAX_LINE:,} characters.",
        "Shorten its cells, or remove the line.",
        value=presentable(line.split(CUT)[0]),
    )


def _open_quote(line: str) -> Problem:
    return Problem(
        "open_quote",
        "A quotation mark opens in this line and is not closed where the cell should end.",
        "Close the quotation mark, or double it if it belongs to the text.",
        value=presentable(line.rstrip("\n")),
    )
