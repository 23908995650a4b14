"""What is wrong with a file or with one row of it, always with a remedy."""

from __future__ import annotations

from dataclasses import dataclass

SHOWN = 200
"""Longest piece of a faulty value that is repeated to the reader, in characters."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why one row was not taken. `column` is the header as it stands in the file, `value` what stood there."""

    code: str
    reason: str
    remedy: str
    column: str = ""
    value: str = ""

    def as_dict(self) -> dict[str, str]:
        return {
            "code": self.code,
            "column": self.column,
            "value": self.value,
            "reason": self.reason,
            "remedy": self.remedy,
        }


class FileRefused(Exception):
    """The file as a whole cannot be read. The message is made for the person who chose it."""

    def __init__(self, code: str, reason: str, remedy: str) -> None:
        super().__init__(f"{reason} {remedy}")
        self.code = code
        self.reason = reason
        self.remedy = remedy


def presentable(value: str) -> str:
    """`value` shortened, with everything that cannot be printed or stored made visible."""
    piece = value[:SHOWN]
    if not piece.isprintable():
        piece = "".join(char if char.isprintable() else _visible(char) for char in piece)
    return piece + "…" if len(value) > SHOWN else piece


def _visible(char: str) -> str:
    code = ord(char)
    if 0xDC00 <= code <= 0xDCFF:  # a byte that the decoder could not read, see lines.KEEP
        return f"\\x{code - 0xDC00:02x}"
    if char in "\n\t\r":
        return {"\n": "\\n", "\t": "\\t", "\r": "\\r"}[char]
    return " " if char.isspace() else f"\\u{code:04x}"
