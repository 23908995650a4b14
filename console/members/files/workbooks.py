"""Reads the table of contents of an XLSX file: its sheets, their parts, and which number formats are dates."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, field
from posixpath import normpath

from .limits import MAX_XLSX_ENTRIES
from .packages import nested, parse_part
from .problems import FileRefused

_DATE_IDS = frozenset([*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)])
_QUOTED = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')


@dataclass
class Contents:
    """The visible sheets as (name, part), the part of the shared texts, the styles that are dates, the epoch."""

    sheets: list[tuple[str, str]] = field(default_factory=list)
    strings: str = ""
    date_styles: frozenset[int] = frozenset()
    from_1904: bool = False


def read_contents(archive: zipfile.ZipFile) -> Contents:
    """The contents of the workbook. Raises FileRefused when it has no visible sheet."""
    found = Contents()
    parts = _relations(archive)
    names = set(archive.namelist())

    def start(tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition("}")[2]
        if name == "sheet" and attributes.get("state", "visible") == "visible":
            link = next((value for key, value in attributes.items() if key.endswith("}id")), "")
            part = parts.get(link, ("", ""))[1]
            if part in names and "worksheet" in parts[link][0] and len(found.sheets) < MAX_XLSX_ENTRIES:
                found.sheets.append((attributes.get("name", ""), part))
        elif name == "workbookPr":
            found.from_1904 = attributes.get("date1904") in ("1", "true")

    parse_part(archive, "xl/workbook.xml", *nested(start, _ignore), _ignore).all()
    found.strings = next(
        (part for kind, part in parts.values() if kind.endswith("sharedStrings") and part in names), ""
    )
    styles = next((part for kind, part in parts.values() if kind.endswith("styles") and part in names), "")
    if styles:
        found.date_styles = _date_styles(archive, styles)
    if not found.sheets:
        raise FileRefused("no_sheet", "The workbook has no visible sheet.", "Show the sheet that holds the people.")
    return found


def _ignore(*args: object) -> None:
    return None


def _relations(archive: zipfile.ZipFile) -> dict[str, tuple[str, str]]:
    """Id → (type, part) of what the workbook refers to; nothing outside the package is ever followed."""
    found: dict[str, tuple[str, str]] = {}

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition("}")[2] == "Relationship" and attributes.get("TargetMode") != "External":
            if len(found) >= MAX_XLSX_ENTRIES:
                return
            target = attributes.get("Target", "")
            part = target.lstrip("/") if target.startswith("/") else normpath(f"xl/{target}")
            found[attributes.get("Id", "")] = (attributes.get("Type", ""), part)

    if "xl/_rels/workbook.xml.rels" in archive.namelist():
        parse_part(archive, "xl/_rels/workbook.xml.rels", *nested(start, _ignore), _ignore).all()
    return found


def _date_styles(archive: zipfile.ZipFile, part: str) -> frozenset[int]:
    formats: set[int] = set(_DATE_IDS)
    styles: list[int] = []
    inside = False

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal inside
        name = tag.rpartition("}")[2]
        if name == "cellXfs":
            inside = True
        elif name == "xf" and inside and len(styles) < 100_000:
            styles.append(_number(attributes.get("numFmtId")))
        elif name == "numFmt" and len(formats) < MAX_XLSX_ENTRIES:
            code = _QUOTED.sub("", attributes.get("formatCode", "")).lower()
            if any(letter in code for letter in "ydhs") and "general" not in code:
                formats.add(_number(attributes.get("numFmtId")))

    def end(tag: str) -> None:
        nonlocal inside
        if tag.rpartition("}")[2] == "cellXfs":
            inside = False

    parse_part(archive, part, *nested(start, end), _ignore).all()
    return frozenset(index for index, number in enumerate(styles) if number in formats)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 9 else -1
