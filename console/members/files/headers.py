"""Finds the row that holds the names of the columns, below any lines of greeting, or finds that there is none."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from .problems import presentable
from .targets import Kind, Target

EMAIL = re.compile(
    r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9][a-z0-9-]{0,61}[a-z0-9]",
    re.I | re.A,  # without the second a long s and a dotless i would be letters of it
)
"""An address as mail programs write it; `cells.email` judges the rest."""

INVISIBLE = re.compile("[\u200b\u2060\ufeff\u00ad\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Marks that nobody sees and that mean nothing in a name or an address."""

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_BRACKETS = re.compile(r"\[[^\]]*\]|\([^)]*\)")
_NOT_WORD = re.compile(r"[\W_]+")
_SPECIAL = str.maketrans({"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ı": "i"})
_PREFIX = re.compile(r"^(?:user|profile|person|member|employee|account)\.(?=\w)", re.I)  # “profile.firstName”
_ANGLE = re.compile(r"[^<>@]*<([^<>\s]+)>[,;]?")
LOOK_AHEAD = 50
"""Records in which the row of names is looked for."""


@lru_cache(maxsize=8192)
def normalise(name: str) -> str:
    """A header name or word without case, accents, brackets and punctuation: ``E-Mail [Required]`` → ``e mail``."""
    text = _BRACKETS.sub(" ", name) if not name.startswith(("(", "[")) else name
    text = _CAMEL.sub(" ", _PREFIX.sub("", text)).casefold().translate(_SPECIAL)
    text = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return _NOT_WORD.sub(" ", text).strip()


@dataclass(frozen=True, slots=True)
class Header:
    """Where the names stand: `index` in the list of records looked at, or -1 when the file has no names."""

    index: int
    names: tuple[str, ...]


def known(cells: Sequence[str], target: Target) -> int:
    """How many cells are names that the target knows."""
    fields = target.synonyms
    names = {normalise(cell) for cell in cells if cell and len(cell) < 80}
    layout = max((len(names & set(item.columns)) for item in target.layouts), default=0)
    return max(layout, sum(1 for name in names if name in fields))


def find_header(records: Sequence[Sequence[str]], target: Target) -> Header:
    """The row of names among the first records.

    It is the row with most known names that stands above the first row with an e-mail address; failing that the
    row directly above, if it looks like names. Without either the columns are called ``Column 1``, ``Column 2`` …
    """
    head = records[:LOOK_AHEAD]
    first = next((index for index, cells in enumerate(head) if _has_email(cells)), len(head))
    above = [(known(cells, target), -index) for index, cells in enumerate(head[:first])]
    best, position = max(above, default=(0, 0))
    if best >= 1 and (
        best >= 2 or sum(1 for cell in head[-position] if cell.strip()) <= 2 or _is_names(head, -position)
    ):
        return Header(-position, _unique(head[-position]))
    if 0 < first < len(head) and _is_names(head, first - 1):
        return Header(first - 1, _unique(head[first - 1]))
    width = max((len(cells) for cells in head), default=0)
    return Header(-1, tuple(f"Column {number}" for number in range(1, width + 1)))


def is_address(cell: str) -> bool:
    """Whether a cell is an address, bare or behind a name: ``Anna <anna@example.com>``."""
    if "@" not in cell:
        return False
    text = cell.strip()
    angle = _ANGLE.fullmatch(text)
    return EMAIL.fullmatch(angle.group(1) if angle else text) is not None


def _has_email(cells: Sequence[str]) -> bool:
    return any(is_address(cell) for cell in cells)


def _is_names(records: Sequence[Sequence[str]], index: int) -> bool:
    cells = [cell.strip() for cell in records[index]]
    width = max(len(row) for row in records[index : index + 5])
    filled = [cell for cell in cells if cell]
    return (
        len(cells) >= width > 0
        and len(filled) * 2 > len(cells)
        and len(set(filled)) == len(filled)
        and all(len(cell) < 80 and not cell[0].isdigit() and "@" not in cell for cell in filled)
    )


def _unique(cells: Sequence[str]) -> tuple[str, ...]:
    """Names as they stand; blank ones and repeated ones get the number of their column."""
    seen: dict[str, int] = {}
    names = []
    for number, cell in enumerate(cells, start=1):
        name = presentable(" ".join(INVISIBLE.sub("", cell).split())) or f"Column {number}"
        while name in seen:
            name = f"{name} (column {number})"
        seen[name] = number
        names.append(name)
    while len(names) > 1 and not cells[len(names) - 1].strip():
        names.pop()
    return tuple(names)


def has_key_column(target: Target) -> bool:
    """Whether rows of the target are told apart by an e-mail address."""
    return target.by_name[target.key].kind is Kind.EMAIL
