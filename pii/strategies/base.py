"""The contract of an erasure strategy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    from ..identifiers import Identifiers


@dataclass(frozen=True)
class Context:
    """What a strategy may know: the column, whether it sits in a history table, and whom it is about."""

    field: models.Field[Any, Any]
    in_history: bool
    identifiers: Identifiers


class Strategy:
    """How one column is erased.

    `keeps` marks a column that stays as it is. `per_row` marks a strategy that must read each value (`rewrite`);
    all others give one expression for the whole batch (`expression`).
    """

    keeps = False
    per_row = False

    def expression(self, context: Context) -> Any:
        """The value or expression of ``UPDATE … SET column =``."""
        raise TypeError(f"{type(self).__name__} rewrites each value instead")

    def rewrite(self, value: Any, context: Context) -> Any:
        """The new value of one cell, for strategies with `per_row`."""
        return value

    def problem(self, field: models.Field[Any, Any]) -> str:
        """Why this strategy cannot serve `field`, or an empty string."""
        return ""

    def __repr__(self) -> str:
        values = ", ".join(f"{key}={value!r}" for key, value in sorted(vars(self).items()))
        return f"{type(self).__name__}({values})"
