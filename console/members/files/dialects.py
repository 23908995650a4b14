"""Finds the delimiter and the quoting of a text table by what each candidate makes of it."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from .headers import is_address, known
from .targets import Target

_CANDIDATES = ",;\t|"
_RARE = "^~\x1f\x1e\x01§¦:#!*/"
_SEP = re.compile(r'^\ufeff?"?sep=([^\w\s"\'\\]|[\t_\x1c-\x1f])"?\s*$', re.I)
_SEVERAL = re.compile(r"[,;]")
NO_DELIMITER = "\x1f"
"""Delimiter of a table of one column: the unit separator, which nobody types."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How cells are told apart. `skip` lines stand above the table and belong to the writer (``sep=;``)."""

    delimiter: str = ","
    quote: str = '"'
    escape: str = ""
    skip: int = 0

    @property
    def label(self) -> str:
        """What a reader is shown."""
        names = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe", NO_DELIMITER: "none (one column)"}
        return names.get(self.delimiter, f"“{self.delimiter}”" if self.delimiter.isprintable() else "control character")


def find_dialect(lines: Sequence[str], target: Target, delimiter: str = "") -> Dialect:
    """The dialect of the sample `lines`. A `delimiter` given by a person is taken as it is."""
    skip = 0
    if lines and (said := _SEP.match(lines[0])):
        delimiter, skip = delimiter or said.group(1), 1
    sample = list(lines[skip:])
    text = "".join(sample)
    escape = "\\" if '\\"' in text and '""' not in text else ""
    if delimiter:
        return Dialect(delimiter, _quote(text, delimiter), escape, skip)
    choices = [char for char in _CANDIDATES if char in text] + [char for char in _RARE if char in text]
    best, best_score = Dialect(NO_DELIMITER, '"', escape, skip), _score(sample, NO_DELIMITER, '"', target)
    for order, char in enumerate(choices):
        quote = _quote(text, char)
        rare = 0.6 if char in _RARE else 0.0
        score = _score(sample, char, quote, target) - order * 0.001 - rare
        if score > best_score:
            best, best_score = Dialect(char, quote, escape, skip), score
    return best


def _quote(text: str, delimiter: str) -> str:
    mark = re.escape(delimiter)
    single = len(re.findall(rf"(?:^|{mark})'[^'\n]*'(?={mark}|$)", text, re.M))
    double = len(re.findall(rf'(?:^|{mark})\s?"', text, re.M))
    return "'" if single > double and single > 2 else '"'


def _score(sample: Sequence[str], delimiter: str, quote: str, target: Target) -> float:
    """How well the sample fits: rows of one width, known names, a column of whole addresses."""
    try:
        rows = list(csv.reader(sample, delimiter=delimiter, quotechar=quote, skipinitialspace=delimiter != "\t"))
    except csv.Error:
        return -1.0
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    if not rows:
        return -1.0
    widths = Counter(len(row) for row in rows)
    width, count = widths.most_common(1)[0]
    if width == 1 and len(widths) > 1:
        wide = [(number, size) for size, number in widths.items() if size > 1]
        number, size = max(wide)
        if number * 2 >= len(rows) or count < 4:
            width, count = size, number
    regular = [row for row in rows if len(row) == width]
    names = max((known(row, target) for row in rows[:20]), default=0)
    addresses = max(
        sum(
            1
            for row in regular
            if "@" in row[column] and all(map(is_address, _SEVERAL.split(row[column].strip(" ,;"))))
        )
        for column in range(min(width, 60))
    )
    share = addresses / len(regular)
    score = count / len(rows) + min(names, 5) * 0.5 + share + (1.0 if share >= 0.3 else 0.0)
    return score + (0.2 if width > 1 else 0.0)
