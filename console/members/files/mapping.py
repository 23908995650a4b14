"""Says which column of a file feeds which field: by layout, by name, by content, or as a person decided."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .headers import Header, is_address, normalise
from .rules import BLANKS, word
from .targets import Kind, Layout, Target

IGNORE = ("", "-", "ignore", "none", "skip")


class MappingError(ValueError):
    """A person named a column or a field that does not exist; the message names the nearest."""


@dataclass(frozen=True)
class ColumnMap:
    """Field name → indexes of its columns, in the order in which they are tried."""

    columns: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def field_of(self, index: int) -> str:
        """The field that column `index` feeds, or ``""``."""
        return next((name for name, places in self.columns.items() if index in places), "")


def parse_map_option(text: str) -> tuple[str, str]:
    """``"Dept.=title"`` → ``("Dept.", "title")``. Raises MappingError without an equals sign."""
    column, sign, name = text.rpartition("=")
    if not sign or not column.strip():
        raise MappingError(f"“{text}” is not of the form column=field, for example “Abteilung=title”.")
    return column.strip(), name.strip()


def find_layout(header: Header, target: Target) -> Layout | None:
    """The known export whose signature the names of the columns fit."""
    if header.index < 0:
        return None
    names = {normalise(name) for name in header.names}
    fitting = [layout for layout in target.layouts if any(names >= signature for signature in layout.signature)]
    return max(fitting, key=lambda layout: len(names & set(layout.columns)), default=None)


def map_columns(
    header: Header, rows: Sequence[Sequence[str]], layout: Layout | None, target: Target, given: Mapping[str, str]
) -> ColumnMap:
    """The mapping of a file. `given` (column → field, as a person wrote it) goes before everything else.

    Raises MappingError when `given` names what does not exist.
    """
    chosen = {_column(name, header): _field(value, target) for name, value in given.items()}
    result: dict[str, list[int]] = {}
    for index, name in chosen.items():
        if name:
            result.setdefault(name, []).append(index)
    free = [index for index in range(len(header.names)) if index not in chosen]
    taken = set(result)
    if header.index < 0:
        _by_content(rows, free, target, result, taken)
    else:
        doubtful = {index for index in free if _is_other(header.names[index], rows, index, target)}
        _by_name(header, [index for index in free if index not in doubtful], layout, target, result, taken)
        key = target.key
        if key not in result:
            # The key alone: “Block sign in: no” is full of words for states, and means the contrary.
            others = {item.name for item in target.fields if item.name != key}
            _by_content(rows, [index for index in free if not _used(index, result)], target, result, others)
    return ColumnMap({name: tuple(places) for name, places in result.items()})


def _by_name(
    header: Header,
    free: list[int],
    layout: Layout | None,
    target: Target,
    result: dict[str, list[int]],
    taken: set[str],
) -> None:
    names = {index: normalise(header.names[index]) for index in free}
    if layout:
        for known, name in layout.columns.items():
            for index in free:
                if names[index] == known and name and name not in taken:
                    result.setdefault(name, []).append(index)
    done = set(result)
    ranked: list[tuple[int, int, str]] = []
    for index in free:
        if _used(index, result) or (layout and names[index] in layout.columns):
            continue
        found = target.synonyms.get(names[index])
        if found and found[0] not in done:
            ranked.append((found[1], index, found[0]))
    for _rank, index, name in sorted(ranked):
        result.setdefault(name, [index])
    whole = next((item for item in target.fields if item.parts), None)
    # “Name” beside “Vorname” is the family name, not the whole one.
    if whole and not layout and whole.name not in taken and whole.name in result:
        first, last = whole.parts[0], whole.parts[-1]
        if first in result and last not in result and names.get(result[whole.name][0]) in ("name", "naam", "nom"):
            result[last] = result.pop(whole.name)
        elif first not in result and last in result and first not in taken and names[result[whole.name][0]] == "name":
            result[first] = result.pop(whole.name)
    # “Nom” or “Nombre” alone is the whole name.
    if whole and whole.name not in result:
        for part in (whole.parts[0], whole.parts[-1]):
            other = whole.parts[-1] if part == whole.parts[0] else whole.parts[0]
            if part in result and other not in result and part not in taken:
                result[whole.name] = result.pop(part)
                break


AMBIGUOUS = frozenset(
    normalise(name)
    for name in (
        "state, type, user type, account type, member type, "
        "Benutzertyp, Kontotyp, tipo, typ, access, access level, permission, permissions, "
        "profile, profil, perfil, estado, stato, etat, stan, stav, zustand, function, tila, position, license type"
    ).split(", ")
)
"""Names under which programs keep something else, too: a state of the country, a type of licence."""


def _is_other(name: str, rows: Sequence[Sequence[str]], index: int, target: Target) -> bool:
    """Whether the cells tell that a column is not what its name could mean: no word known, or no address in it.

    A login without any address is not the address where another column holds addresses.
    """
    found = target.synonyms.get(normalise(name))
    cells = [row[index].strip() for row in rows if index < len(row) and row[index].strip()]
    if found is None or not cells:
        return False
    item = target.by_name[found[0]]
    if item.kind is Kind.CHOICE and normalise(name) in AMBIGUOUS:
        words = target.words_of(item.name)
        return not any(word(cell) in words for cell in cells)
    if item.kind is Kind.EMAIL and not any("@" in cell for cell in cells):
        width = max(len(row) for row in rows)
        return any(sum("@" in row[at] for row in rows if at < len(row)) * 2 > len(cells) for at in range(width))
    return False


def _by_content(
    rows: Sequence[Sequence[str]], free: list[int], target: Target, result: dict[str, list[int]], taken: set[str]
) -> None:
    """Map columns whose cells can be nothing else: addresses, and words that the rules of one field know."""
    for index in free:
        cells = [row[index].strip() for row in rows if index < len(row) and row[index].strip()]
        if not cells or _used(index, result):
            continue
        for item in target.fields:
            if item.name in taken or item.name in result:
                continue
            if item.kind is Kind.EMAIL:
                share = sum(map(is_address, cells)) / len(cells)
                fits = share >= 0.5
            elif item.kind is Kind.CHOICE and item.stored:
                words = {name: rule for name, rule in target.words_of(item.name).items() if not rule.gently}
                fits = all(word(cell) in words or word(cell) in BLANKS for cell in cells)
            else:
                fits = False
            if fits:
                result[item.name] = [index]
                break


def _used(index: int, result: Mapping[str, Sequence[int]]) -> bool:
    return any(index in places for places in result.values())


def _column(name: str, header: Header) -> int:
    if name in header.names:
        return header.names.index(name)
    wanted = normalise(name)
    same = [index for index, known in enumerate(header.names) if normalise(known) == wanted]
    if len(same) == 1 or (same and wanted):
        return same[0]
    number = name.lstrip("#")
    if number.isdecimal() and 1 <= int(number) <= len(header.names):
        return int(number) - 1
    near = difflib.get_close_matches(name, header.names, n=3, cutoff=0.5) or list(header.names[:8])
    raise MappingError(f"There is no column “{name[:80]}”. Columns are: " + ", ".join(f"“{item}”" for item in near))


def _field(name: str, target: Target) -> str:
    wanted = name.strip().casefold().replace(" ", "_")
    if wanted in IGNORE:
        return ""
    found = target.aliases.get(wanted) or target.aliases.get(wanted.replace("-", "_"))
    if found is None:
        raise MappingError(
            f"There is no field “{name[:80]}”. Fields are: {', '.join(item.name for item in target.fields)}, "
            "or “ignore” to leave the column out."
        )
    return found
