"""Judges single cells: text and e-mail addresses, cleaned where cleaning loses nothing, refused otherwise."""

from __future__ import annotations

import re
from datetime import date

from .headers import EMAIL, INVISIBLE
from .problems import Problem, presentable
from .sheets import FORMULA

_ISO_DAY = re.compile(r"(?P<year>\d{4})-(?P<month>\d\d?)-(?P<day>\d\d?)(?:[T ]00:00(?::00(?:\.0+)?)?)?")
_DOTTED_DAY = re.compile(r"(?P<day>\d\d?)\.(?P<month>\d\d?)\.(?P<year>\d{4})")
_SPACE = re.compile(r"\s+")
_ANGLE = re.compile(r"[^<>]*<([^<>\s]+)>")
_ERRORS = frozenset(["#N/A", "#NV", "#REF!", "#BEZUG!", "#NAME?", "#VALUE!", "#WERT!", "#DIV/0!", "#NUM!", "#NULL!"])
_SHORTENED = re.compile(r"\d(?:[.,]\d+)?E\+\d+", re.I)
_NEUTRALISED = re.compile(r"'[=+\-@\t\r]")


class BadCell(Exception):
    """A cell that is refused; `problem` says why, without the column's name."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


def clean(value: str) -> str:
    """`value` without blanks around it, with runs of blanks and line breaks as one blank, without invisible marks.

    Raises BadCell for control characters, bytes that the encoding does not know, and formulas of a workbook.
    """
    value = value.strip()
    if value.isprintable() and "  " not in value and value[:1] != "'" and "\ufffd" not in value:
        return value
    if value.startswith(FORMULA):
        raise BadCell(
            Problem(
                "formula",
                "The cell holds a formula, not a value.",
                "Copy the column and paste it as values.",
                value=presentable(value[1:]),
            )
        )
    if _NEUTRALISED.match(value):  # written by our own export, see exports.neutralise
        value = value[1:]
    value = _SPACE.sub(" ", INVISIBLE.sub("", value)).strip()
    if value.isprintable() and "\ufffd" not in value:
        return value
    for char in value:
        if "\udc00" <= char <= "\udcff" or char == "\ufffd":
            raise BadCell(
                Problem(
                    "encoding",
                    "The cell has characters that the file's encoding does not know.",
                    "Save the file as “CSV UTF-8”, or choose another encoding.",
                    value=presentable(value),
                )
            )
        if char == "\x00":
            raise BadCell(
                Problem("nul", "The cell holds a NUL byte.", "Retype the cell by hand.", value=presentable(value))
            )
        if ord(char) < 32 or 0x7F <= ord(char) < 0xA0 or 0xD800 <= ord(char) <= 0xDFFF or 0xFDD0 <= ord(char) <= 0xFDEF:
            raise BadCell(
                Problem(
                    "control",
                    f"The cell holds a control character (U+{ord(char):04X}).",
                    "Retype the cell by hand.",
                    value=presentable(value),
                )
            )
    return value  # unassigned and private characters are somebody's letters


def text(value: str, max_length: int) -> str:
    """A cleaned text of at most `max_length` characters. Raises BadCell."""
    value = clean(value)
    if value[:1] == "#" and value.upper() in _ERRORS:
        raise BadCell(
            Problem(
                "error_value",
                "The cell holds an error of a spreadsheet, not a value.",
                "Correct its formula, or empty the cell.",
                value=presentable(value),
            )
        )
    if len(value) > max_length:
        raise BadCell(
            Problem(
                "too_long",
                f"The text has {len(value):,} characters; at most {max_length} fit.",
                "Shorten it.",
                value=presentable(value),
            )
        )
    return value


def number(value: str, max_length: int) -> str:
    """A text that tells somebody apart. Raises BadCell for ``1.23E+15``: spreadsheets shorten long numbers for good."""
    value = text(value, max_length)
    if _SHORTENED.fullmatch(value):
        raise BadCell(
            Problem(
                "shortened",
                "A spreadsheet has shortened this number; its last digits are lost.",
                "Format the column as text and export the file again, or leave the column out.",
                value=presentable(value),
            )
        )
    return value


def email(value: str, max_length: int = 254) -> str:
    """An address in lower case. Blanks around it, ``mailto:`` and ``Name <address>`` are taken off. Raises BadCell."""
    address = value.strip().lower()
    if EMAIL.fullmatch(address) is None:
        address = clean(value).lower().removeprefix("mailto:").rstrip(",;")
        if angle := _ANGLE.fullmatch(address):
            address = angle.group(1)
        if EMAIL.fullmatch(address) is None and not _is_international(address):
            raise BadCell(_email_problem(value))
    local, _, domain = address.rpartition("@")
    if len(address) > max_length or len(local) > 64:
        raise BadCell(
            Problem(
                "email_too_long",
                f"The address is too long ({len(local)} characters before the @, {len(address)} in all; at most 64 and "
                f"{max_length}).",
                "Check it for a typing mistake.",
                value=presentable(value),
            )
        )
    if local[0] == "." or local[-1] == "." or ".." in local or domain.rpartition(".")[2].isdigit():
        raise BadCell(_email_problem(value))
    return address


def day(value: str) -> str:
    """A day as YYYY-MM-DD, from that form, with a time behind it, or DD.MM.YYYY. Raises BadCell for others.

    Slashes are refused: nobody can tell 04/05 from 05/04.
    """
    value = clean(value)
    found = _ISO_DAY.fullmatch(value) or _DOTTED_DAY.fullmatch(value)
    try:
        if found is not None:
            return date(int(found["year"]), int(found["month"]), int(found["day"])).isoformat()
    except ValueError:
        pass
    if not value:
        return ""
    raise BadCell(
        Problem(
            "date",
            "This is no date that can be read for certain.",
            "Write it as 1987-12-31 or as 31.12.1987.",
            value=presentable(value),
        )
    )


def _is_international(address: str) -> bool:
    local, sign, domain = address.rpartition("@")
    if not sign or not local.isascii() or domain.isascii() or " " in address:
        return False
    try:
        ascii_domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        return False
    return EMAIL.fullmatch(f"{local}@{ascii_domain}") is not None


def _email_problem(value: str) -> Problem:
    address = value.strip()
    if "@" not in address:
        reason = "It is not an e-mail address: there is no @."
    elif address.count("@") > 1 and "<" not in address:
        reason = "It is not one e-mail address: there is more than one @."
    elif " " in address or any(char.isspace() for char in address):
        reason = "It is not an e-mail address: there is a blank in it."
    elif "." not in address.rpartition("@")[2]:
        reason = "It is not an e-mail address: the part behind the @ has no dot."
    else:
        reason = "It is not an e-mail address: it has characters or dots where none may stand."
    return Problem("email", reason, "Write one address per row, as in name@example.com.", value=presentable(value))
