"""Colours that people chose, made readable: WCAG 2 contrast, computed."""

from __future__ import annotations

Rgb = tuple[int, int, int]
ENOUGH = 4.5  # WCAG 2.2, 1.4.3


def parse(colour: str) -> Rgb:
    """``#rrggbb`` as three numbers."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, from 1 to 21."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def on_colour(colour: str | None) -> str:
    """Black or white, whichever is read better on `colour` (None: a dark one)."""
    if colour is None:
        return "#ffffff"
    return max("#ffffff", "#000000", key=lambda ink: contrast(ink, colour))


def readable(colour: str, on: str) -> str:
    """`colour`, moved towards black or white just far enough to be read on the background `on`."""
    target = parse(on_colour(on))
    for step in range(21):
        moved = tuple(round(own + (to - own) * step / 20) for own, to in zip(parse(colour), target, strict=True))
        text = "#{:02x}{:02x}{:02x}".format(*moved)
        if contrast(text, on) >= ENOUGH:
            return text
    return on_colour(on)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(part / 255) for part in parse(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.03928 else float(((part + 0.055) / 1.055) ** 2.4)
