"""Yields the lines of a text file, decoded and never longer than a limit."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from pathlib import Path

from .encodings import Encoding
from .limits import MAX_LINE

KEEP = "members-keep-bytes"
CUT = "\ufdd0"
"""Stands at the end of a line that was cut (a code point that no text may contain)."""

_BREAK = re.compile(rb"\r\n|\n|\r")


def _keep_bytes(error: UnicodeError) -> tuple[str, int]:
    """Error handler: each unreadable byte becomes a lone surrogate, which later checks find in the cell it is in."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(chr(0xDC00 + byte) for byte in error.object[error.start : error.end]), error.end


codecs.register_error(KEEP, _keep_bytes)


def read_lines(path: Path, encoding: Encoding, foreign: list[int] | None = None) -> Iterator[str]:
    """Each line with ``\\n`` at its end (all kinds of line breaks are read).

    A line longer than MAX_LINE is cut and ends in `CUT`. For a mixed file the numbers of the lines in the other
    encoding are appended to `foreign` (at most 1,000 of them).
    """
    if encoding.mixed:
        yield from _mixed_lines(path, encoding, [] if foreign is None else foreign)
        return
    with path.open("rb") as raw:
        text = io.TextIOWrapper(raw, encoding.name, errors=KEEP, newline=None)
        try:
            while line := text.readline(MAX_LINE):
                if len(line) >= MAX_LINE and not line.endswith("\n"):
                    yield line[:1000] + CUT + "\n"
                    while (rest := text.readline(MAX_LINE)) and not rest.endswith("\n"):
                        pass
                else:
                    yield line
        finally:
            text.detach()


def _mixed_lines(path: Path, encoding: Encoding, foreign: list[int]) -> Iterator[str]:
    other = "cp1252" if encoding.name == "utf-8" else "utf-8"
    for number, raw in enumerate(_raw_lines(path), start=1):
        if number == 1:
            raw = raw.removeprefix(codecs.BOM_UTF8)
        if len(raw) > MAX_LINE:
            yield raw[:1000].decode("ascii", "replace") + CUT + "\n"
            continue
        if raw.isascii():
            yield raw.decode("ascii") + "\n"
            continue
        try:
            text, used = raw.decode("utf-8"), "utf-8"
        except UnicodeDecodeError:
            used = encoding.name if encoding.name != "utf-8" else "cp1252"
            text = raw.decode(used, KEEP)
        if used == other and len(foreign) < 1000:
            foreign.append(number)
        yield text + "\n"


def _raw_lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as handle:
        rest = b""
        while chunk := handle.read(MAX_LINE):
            if chunk.endswith(b"\r"):
                chunk += handle.read(1)
            parts = _BREAK.split(rest + chunk)
            rest = parts.pop()
            yield from parts
            if len(rest) > MAX_LINE:
                rest = rest[: MAX_LINE + 1]  # enough to tell that it is too long
        if rest:
            yield rest
