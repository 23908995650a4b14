"""Keeping a value against an erasure, with the ground and the end of it."""

from __future__ import annotations

import re

from .base import Strategy
from .values import Blank


class Keep(Strategy):
    """Leave the value in place.

    `ground` is the exception relied on (for example ``17(3)(b)`` of the GDPR), `basis` names the duty in a word or
    two, `until` how long (``+10y``, ``+6m``, ``+30d`` after the row's last change, or empty for as long as the row
    lives). All three stand in the plan and in the erasure report. `then` erases the value when the span is over
    (default: `Blank`).
    """

    keeps = True

    def __init__(self, ground: str, *, basis: str, until: str = "", then: Strategy | None = None) -> None:
        if not ground or not basis:
            raise ValueError("Keep needs a ground and a basis: both stand in the report.")
        if until and not re.fullmatch(r"\+\d+[ymd]", until):
            raise ValueError("Keep(until=) is written like +10y, +6m or +30d.")
        self.ground = ground
        self.basis = basis
        self.until = until
        self.then = then or (Blank() if until else None)
