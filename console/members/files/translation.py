"""Turns a record into the values of a target, or into the reasons why not; counts every rule that it used."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from .cells import BadCell, clean, day, email, number, text
from .headers import Header
from .limits import MAX_SPELLINGS, MAX_WORD
from .mapping import ColumnMap
from .problems import Problem, presentable
from .rules import BLANKS, word
from .tables import Record
from .targets import Field, Kind, Rule, Target


@dataclass(slots=True)
class Row:
    """One record after translation. Exactly one of three: `values` set, `skipped` set, or `problems` not empty.

    `values` follow `Target.stored`; None means that the file does not say. `last_line` differs from `line` for
    blank lines, which are told of together. `key` is the cleaned key where it could be read, in refused rows too.
    """

    line: int
    values: tuple[Any, ...] | None = None
    skipped: str = ""
    problems: list[Problem] = field(default_factory=list)
    cells: Sequence[str] = ()
    last_line: int = 0
    key: str = ""


class Translator:
    """Translates the records of one file. `used` counts rules by (column, value as written, what it means)."""

    def __init__(self, target: Target, header: Header, columns: ColumnMap, extra: Sequence[Rule] = ()) -> None:
        self.target = target
        self.header = header
        self.width = len(header.names)
        self.used: Counter[tuple[str, str, str]] = Counter()
        self.trimmed = 0
        self._plan = [(item, columns.columns.get(item.name, ())) for item in target.fields]
        self._stored = [item.name for item in target.stored]
        self._words = {
            item.name: target.words_of(item.name) | {rule.word: rule for rule in extra if rule.field == item.name}
            for item in target.fields
            if item.kind is Kind.CHOICE
        }
        self._cache: dict[tuple[str, int, str], tuple[Rule, tuple[str, str, str]] | None] = {}
        self._last_key = max(columns.columns.get(target.key, (0,)), default=0)

    def row(self, record: Record) -> Row:
        """The record as a row."""
        line, cells, problem = record
        if _is_total(cells):
            return Row(line, skipped="It is a total, not a person.", cells=cells)
        if problem is not None:
            return Row(line, problems=[problem], cells=cells)
        if len(cells) != self.width:
            ragged = self._ragged(cells)
            if ragged is not None:
                return Row(line, problems=[ragged], cells=cells, key=self._key(cells))
        values: dict[str, Any] = {}
        gentle: dict[str, Any] = {}
        problems: list[Problem] = []
        for item, places in self._plan:
            if item.kind is Kind.COLLECTED:
                self._collect(item, places, cells, values, problems)
                continue
            for place in places:
                raw = cells[place]
                if not raw:
                    continue
                try:
                    skip = self._cell(item, raw, place, values, gentle)
                except BadCell as bad:
                    problems.append(self._named(bad.problem, place))
                    continue
                if skip:
                    return Row(line, skipped=skip, cells=cells, key=self._key(cells))
                if item.name in values:
                    break
        for item in self.target.fields:
            if item.parts and not values.get(item.name):
                joined = " ".join(values[part] for part in item.parts if values.get(part))
                if len(joined) > item.max_length:
                    problems.append(self._joined_too_long(item, joined))
                elif joined:
                    values[item.name] = joined
            if item.required and not values.get(item.name) and not problems:
                problems.append(self._missing(item))
        identify = self.target.identify
        key = str(values.get(self.target.key, "") if identify is None or problems else identify(values))
        if not key and not problems:
            problems.append(self._nameless())
        if problems:
            return Row(line, problems=problems, cells=cells, key=key)
        get = values.get
        return Row(line, tuple([get(name, gentle.get(name)) for name in self._stored]), key=key)

    def _collect(
        self,
        item: Field,
        places: Sequence[int],
        cells: Sequence[str],
        values: dict[str, Any],
        problems: list[Problem],
    ) -> None:
        """Read all columns of a field together."""
        assert item.read is not None
        found = []
        for place in places:
            try:
                if value := text(cells[place], item.max_length):
                    found.append((self.header.names[place], value))
            except BadCell as bad:
                problems.append(self._named(bad.problem, place))
        try:
            if value := item.read(found) if found else "":
                values[item.name] = value
        except BadCell as bad:
            problems.append(self._named(bad.problem, places[0]))

    def _cell(self, item: Field, raw: str, place: int, values: dict[str, Any], gentle: dict[str, Any]) -> str:
        if item.kind is Kind.CHOICE:
            return self._choice(item, raw, place, values, gentle)
        if item.kind is Kind.EMAIL:
            if not raw.strip():
                return ""
            value = email(raw, item.max_length)
        elif item.kind is Kind.DATE:
            value = day(raw)
        else:
            value = (number if item.name == "external_id" else text)(raw, item.max_length)
        if value:
            values[item.name] = value
        return ""

    def _choice(self, item: Field, raw: str, place: int, values: dict[str, Any], gentle: dict[str, Any]) -> str:
        try:
            known = self._cache[item.name, place, raw]
        except KeyError:
            rule = self._look_up(item, raw)
            known = (rule, (self.header.names[place], presentable(raw.strip()), meaning(rule))) if rule else None
            if len(self._cache) < 10_000 and len(raw) <= MAX_WORD:
                self._cache[item.name, place, raw] = known
        if known is None:
            return ""
        rule, told = known
        if told not in self.used and len(self.used) >= MAX_SPELLINGS:
            told = (told[0], "…", told[2])
        self.used[told] += 1
        if rule.skip:
            return rule.skip
        into = gentle if rule.gently else values
        for name, value in rule.sets.items():
            if name == "is_active" and value is not True and item.name != name and not rule.gently:
                into[name] = value  # “suspended: yes” stands, whatever an “active” column says
            else:
                into.setdefault(name, value)
        return ""

    def _look_up(self, item: Field, raw: str) -> Rule | None:
        """The rule for a word, None for a blank. Raises BadCell with the list of words for an unknown one."""
        cleaned = clean(raw)
        wanted = word(cleaned)
        rule = self._words[item.name].get(wanted)
        if rule is None and wanted in BLANKS:
            return None
        if rule is None:
            raise BadCell(
                Problem(
                    f"unknown_{item.name}",
                    f"“{presentable(cleaned)}” is not a known {item.label.lower()}.",
                    f"Write one of: {', '.join(self._choices(item))}; or add a translation for the word.",
                    value=presentable(raw),
                )
            )
        return rule

    def _choices(self, item: Field) -> list[str]:
        results = [str(rule.sets[item.name]) for rule in self._words[item.name].values() if item.name in rule.sets]
        unique = list(dict.fromkeys(results))
        return (
            ["yes", "no", "active", "suspended"]
            if (unique and unique[0] in ("True", "False")) or not unique
            else unique
        )

    def _ragged(self, cells: Sequence[str]) -> Problem | None:
        if len(cells) > self.width and not any(cell.strip() for cell in cells[self.width :]):
            return None
        return Problem(
            "ragged",
            f"The row has {len(cells)} cells where the table has {self.width} columns.",
            "Check its delimiters, and put quotation marks around a cell that holds one.",
            value=presentable(" | ".join(cells[:20])),
        )

    def _key(self, cells: Sequence[str]) -> str:
        """The key of a row that is not taken, as well as it can be read."""
        for item, places in self._plan:
            if item.name == self.target.key:
                for place in places:
                    try:
                        return email(cells[place]) if item.kind is Kind.EMAIL else text(cells[place], item.max_length)
                    except (BadCell, IndexError):
                        continue
        return ""

    def _named(self, problem: Problem, place: int) -> Problem:
        return Problem(problem.code, problem.reason, problem.remedy, self.header.names[place], problem.value)

    def _nameless(self) -> Problem:
        labels = [self.target.by_name[name].label.lower() for name in self.target.one_of]
        reason = f"The row names nobody: it has no {', no '.join(labels)}."
        return Problem("nameless", reason, "Fill one of them in, or remove the row.")

    def _missing(self, item: Field) -> Problem:
        place = next((places for field_, places in self._plan if field_ is item), ())
        name = self.header.names[place[0]] if place else item.label
        return Problem("missing", f"The row has no {item.label.lower()}.", "Fill it in, or remove the row.", name)

    def _joined_too_long(self, item: Field, joined: str) -> Problem:
        reason = f"First and last name together have {len(joined)} characters; at most {item.max_length} fit."
        return Problem("too_long", reason, "Shorten one of them.", item.label, presentable(joined))


_TOTAL = re.compile(
    r"(?:grand |sub)?(?:totals?|sum|summe|gesamt|gesamtzahl|anzahl|count|somme|totale|suma|totaal|summa|celkem|итого)"
    r"\b[^@]{0,200}\d[^@]{0,200}",
    re.I,
)


def _is_total(cells: Sequence[str]) -> bool:
    """Whether a row is the line of sums that reports end with: one word, a number, and no address."""
    filled = [cell for cell in cells if cell.strip()]
    return 0 < len(filled) <= 3 and _TOTAL.fullmatch(" ".join(filled).strip()[:500]) is not None


def meaning(rule: Rule) -> str:
    """What a rule does, in words."""
    if rule.skip:
        return "skipped: " + rule.skip
    shown = []
    for name, value in rule.sets.items():
        if value is True or value is False:
            shown.append("active" if value else "inactive")
        else:
            shown.append(f"{name} {value}")
    return ", ".join(shown)
