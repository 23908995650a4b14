"""Describes what the rows of a file shall become, so that one engine serves members and other records."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property


class Kind(StrEnum):
    """How a cell is read."""

    TEXT = "text"
    EMAIL = "email"
    DATE = "date"  # a day, kept as YYYY-MM-DD
    CHOICE = "choice"  # a word that `Target.rules` translate
    COLLECTED = "collected"  # all of its columns together, put into one text by `Field.read`


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that a column can hold.

    `synonyms` are header names, best first, in any spelling (see `headers.normalise`). A field that is not `stored`
    only feeds others: `parts` of a text field are joined where the field itself is blank.
    """

    name: str
    label: str
    kind: Kind = Kind.TEXT
    max_length: int = 255
    required: bool = False
    stored: bool = True
    parts: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()
    read: Callable[[Sequence[tuple[str, str]]], str] | None = None  # (column, cell) of each → text; raises BadCell


@dataclass(frozen=True, slots=True)
class Rule:
    """A translation of one word: what `word` in a column of `field` sets, or why its row is skipped.

    `sets` maps stored fields to values. A rule with `gently` yields to a column of that field itself.
    """

    field: str
    word: str
    sets: Mapping[str, str | bool] = dataclasses.field(default_factory=dict)
    skip: str = ""
    gently: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """The export of a known program, told by header names that only it uses together.

    `columns` maps normalised header names to fields (``""`` = not imported); several columns of one field are tried
    in the order given here.
    """

    name: str
    label: str
    signature: tuple[frozenset[str], ...]
    columns: Mapping[str, str]


@dataclass(frozen=True)
class Target:
    """What the rows become. `key` is the stored field that tells two rows of one file apart.

    Where not every row needs one, `identify` makes the key from a row's values, ``""`` where they name nobody; a file
    then needs a column for one of the fields `one_of`.
    """

    name: str
    label: str
    fields: tuple[Field, ...]
    key: str
    rules: tuple[Rule, ...] = ()
    layouts: tuple[Layout, ...] = ()
    identify: Callable[[Mapping[str, str]], str] | None = None
    one_of: tuple[str, ...] = ()

    @cached_property
    def by_name(self) -> dict[str, Field]:
        return {item.name: item for item in self.fields}

    @cached_property
    def stored(self) -> tuple[Field, ...]:
        return tuple(item for item in self.fields if item.stored)

    @cached_property
    def aliases(self) -> dict[str, str]:
        """Every name under which a field may be given by a person, lower case, and the field's own name."""
        names = {alias: item.name for item in self.fields for alias in item.aliases}
        return names | {item.name: item.name for item in self.fields}

    @cached_property
    def synonyms(self) -> dict[str, tuple[str, int]]:
        """Normalised header name → field and its rank (0 is the surest)."""
        from .headers import normalise

        found: dict[str, tuple[str, int]] = {}
        for item in self.fields:
            # “Job title” says more than “title”, which may be “Dr.”.
            own = (item.label, item.name) if f" {item.name}" in normalise(item.label) else (item.name, item.label)
            for rank, word in enumerate((*own, *item.synonyms)):
                found.setdefault(normalise(word), (item.name, rank))
        return found

    def words_of(self, field_name: str) -> dict[str, Rule]:
        """Normalised word → rule, of one field."""
        return {rule.word: rule for rule in self.rules if rule.field == field_name}
