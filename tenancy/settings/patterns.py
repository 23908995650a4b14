"""Patterns of schemas, run by RE2 in linear time: no input makes one explode."""

from __future__ import annotations

import functools
import re
from typing import Any

MAX_PATTERN = 500

_UNSUPPORTED = (
    (re.compile(r"\(\?<?[=!]"), "look-ahead or look-behind"),
    (re.compile(r"\(\?>"), "an atomic group"),
    (re.compile(r"(?<!\\)(?:\\\\)*\\[1-9k]"), "a back-reference"),
    (re.compile(r"(?<!\\)(?:\\\\)*\\[uc]"), "an escape of JavaScript (write \\x{…} for a code point)"),
    (re.compile(r"[*+?}]\+"), "a possessive quantifier"),
)


class PatternRefused(ValueError):
    """The pattern can not be run safely; the message says why."""


def has_re2() -> bool:
    """Whether the optional package google-re2 is installed."""
    try:
        import re2  # noqa: F401
    except ImportError:
        return False
    return True


@functools.lru_cache(maxsize=1024)
def compile_pattern(pattern: str) -> Any:
    """The compiled pattern, with `search`. Raises PatternRefused for what RE2 can not run, or without RE2."""
    if len(pattern) > MAX_PATTERN:
        raise PatternRefused(f"the pattern is longer than {MAX_PATTERN} characters")
    try:
        import re2
    except ImportError:
        raise PatternRefused(
            "patterns need the package google-re2 (linear time); install it or declare no pattern"
        ) from None
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except (re2.error, UnicodeError) as error:
        for sign, name in _UNSUPPORTED:
            if sign.search(pattern):
                raise PatternRefused(f"the pattern uses {name}, which the engine (RE2) does not run") from None
        reason = error.args[0] if error.args else error
        if isinstance(reason, bytes):
            reason = reason.decode(errors="replace")
        raise PatternRefused(f"the pattern is not valid for RE2: {reason}") from None


def matches(pattern: str, text: str) -> bool:
    """Whether `pattern` occurs in `text` (JSON Schema does not anchor)."""
    return compile_pattern(pattern).search(text) is not None
