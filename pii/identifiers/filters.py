"""The cheap filter as one automaton: a single walk over a block, whatever the number of spellings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

_BETWEEN = rb"(?:[ ()./-]|\xc2\xa0|\xe2\x80[\x90-\x95])*"  # blanks and dashes that people put into numbers
_MEMORY = 64 << 20


def at_once(needles: Iterable[tuple[bytes, bool]], numbers: Iterable[bytes]) -> Any:
    """A compiled search for `needles` (bytes, whether in any case) and for `numbers`, whose digits may stand apart.

    Its matches never reach over a line and name every line that holds one. None where google-re2 is not installed:
    the searches then run one by one, five times as long.
    """
    try:
        import re2
    except ImportError:
        return None
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1  # bytes as they are
    options.max_mem = _MEMORY
    options.log_errors = False
    parts = [b"(?i:%s)" % _literal(needle) if any_case else _literal(needle) for needle, any_case in needles]
    parts += [_BETWEEN.join(map(_literal, _single(number))) for number in numbers]
    try:
        return re2.compile(b"|".join(parts), options) if parts else None
    except re2.error:  # more spellings than the memory is for
        return None


def _single(number: bytes) -> list[bytes]:
    return [number[place : place + 1] for place in range(len(number))]


def _literal(text: bytes) -> bytes:
    return b"".join(b"\\x%02x" % byte for byte in text)
