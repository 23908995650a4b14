"""Writes CSV line by line, and makes cells harmless to spreadsheet programs, which run what starts like a formula."""

from __future__ import annotations

import csv
from typing import Any

_STARTS = ("=", "+", "-", "@", "\t", "\r")


def neutralise(value: str) -> str:
    """`value` with an apostrophe before it when a spreadsheet could take it for a formula (OWASP: CSV injection).

    `cells.clean` takes the apostrophe off again, so that an export can be imported without a change.
    """
    if value.startswith(_STARTS) or value.lstrip()[:1] in ("=", "+", "-", "@"):
        return "'" + value
    return value


class _Line:
    """Hands each written line on instead of keeping it."""

    def write(self, text: str) -> str:
        return text


def line_writer() -> Any:
    """A `csv.writer` whose `writerow` returns the line, for answers that are streamed."""
    return csv.writer(_Line())  # type: ignore[arg-type]  # the writer returns what `write` returns
