"""What a masked value looks like: shape without content, never a readable half."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .categories import Category

DOTS = "•••"


@dataclass(frozen=True)
class Mask:
    """Shows nothing at all."""

    def show(self, value: Any) -> str:
        """The text to show in place of `value`; an empty value stays visibly empty."""
        return "" if value in (None, "", {}, []) else DOTS


@dataclass(frozen=True)
class MaskEmail(Mask):
    """First letter and top-level domain: enough to tell two rows apart, not enough to write to."""

    def show(self, value: Any) -> str:
        text = str(value or "")
        if "@" not in text:
            return super().show(text)
        local, _, domain = text.partition("@")
        return f"{local[:1]}{DOTS}@{DOTS}.{domain.rpartition('.')[2]}"


@dataclass(frozen=True)
class MaskPhone(Mask):
    """The last two digits."""

    def show(self, value: Any) -> str:
        digits = [char for char in str(value or "") if char.isdigit()]
        return f"{DOTS} {''.join(digits[-2:])}" if len(digits) > 6 else super().show(value)


@dataclass(frozen=True)
class MaskYear(Mask):
    """Nothing of a date."""


@dataclass(frozen=True)
class MaskName(Mask):
    """Initials."""

    def show(self, value: Any) -> str:
        words = str(value or "").split()
        return " ".join(f"{word[0]}{DOTS}" for word in words) if words else ""


def default_mask(category: Category) -> Mask:
    """The mask of a category where the field names none."""
    return Mask()
