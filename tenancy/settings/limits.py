"""Bounds that every value and schema keeps whatever else is declared: storing, judging and rendering stay cheap."""

from __future__ import annotations

import math
import re
from typing import Any

from django.utils.translation import gettext as _

from .errors import Path, Problem

MAX_DEPTH = 8
MAX_NODES = 5_000
MAX_STRING = 20_000
MAX_SCHEMA_DEPTH = 32
MAX_SCHEMA_NODES = 20_000
MAX_NUMBER = 2**53 - 1
"""The largest whole number that JSON readers agree on; beyond it jsonb, JavaScript and Python round differently."""
MAX_GROUP_BYTES = 256 * 1024
FORBIDDEN_KEYS = frozenset({"__proto__", "constructor", "prototype", "$secret"})
"""Keys with a meaning of their own: to JavaScript that may read an export, or to us (a forged token stops rotation)."""

# C0 controls except tab and line feed (forms normalise carriage returns), DEL, and lone surrogates: jsonb refuses
# NUL and surrogates, and no text box can show the others.
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def unfit(value: Any, *, depth: int = MAX_DEPTH, nodes: int = MAX_NODES) -> Problem | None:
    """The first reason why `value` can not be a setting at all, or None. Iterative: depth can not exhaust the stack."""
    stack: list[tuple[Path, Any]] = [((), value)]
    seen = 0
    while stack:
        path, item = stack.pop()
        seen += 1
        if seen > nodes:
            return Problem((), _("This is too large: more than %(n)d values.") % {"n": nodes}, "too_large")
        if len(path) > depth:
            return Problem(path[:3], _("This is nested too deeply: more than %(n)d levels.") % {"n": depth}, "too_deep")
        fault = _unfit_scalar(path, item)
        if fault is not None:
            return fault
        if isinstance(item, dict):
            for key, child in item.items():
                if not isinstance(key, str) or key in FORBIDDEN_KEYS or len(key) > 200 or _UNFIT.search(key):
                    return Problem(path, _("A key here is not allowed: %(key)r.") % {"key": str(key)[:40]}, "bad_key")
                stack.append(((*path, key), child))
        elif isinstance(item, list | tuple):
            stack.extend(((*path, index), child) for index, child in enumerate(item))
    return None


def _unfit_scalar(path: Path, item: Any) -> Problem | None:
    if isinstance(item, str):
        if len(item) > MAX_STRING:
            return Problem(path, _("This text is longer than %(n)d characters.") % {"n": MAX_STRING}, "too_long")
        if _UNFIT.search(item):
            return Problem(path, _("This text contains control characters."), "control_characters")
    elif isinstance(item, bool) or item is None or isinstance(item, dict | list | tuple):
        pass
    elif isinstance(item, int | float):
        if isinstance(item, float) and not math.isfinite(item):
            return Problem(path, _("This is not a number."), "not_a_number")
        if abs(item) > MAX_NUMBER:
            return Problem(path, _("This number is too large."), "number_too_large")
    else:
        return Problem(path, _("This is not a JSON value."), "not_json")
    return None
