"""Custom attributes of a contact: a small flat object of names and single values."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MAX_ATTRIBUTES = 50
MAX_NAME = 64
MAX_VALUE = 1_000

Attributes = dict[str, str | int | float | bool | None]


def validate_attributes(value: Any) -> None:
    """Raise ValidationError for anything but a flat object of at most 50 short names and single values."""
    if not isinstance(value, dict):
        raise ValidationError(_("Custom attributes are names with values."), code="attributes")
    if len(value) > MAX_ATTRIBUTES:
        raise ValidationError(
            _("At most %(most)d custom attributes fit."), code="attributes", params={"most": MAX_ATTRIBUTES}
        )
    for name, single in value.items():
        if not isinstance(name, str) or not name.strip() or len(name) > MAX_NAME or ":" in name:
            raise ValidationError(
                _("A custom attribute's name has 1 to %(most)d characters and no colon."),
                code="attributes",
                params={"most": MAX_NAME},
            )
        if not (single is None or isinstance(single, (str, int, float, bool))) or len(str(single)) > MAX_VALUE:
            raise ValidationError(
                _("A custom attribute holds one value of at most %(most)d characters."),
                code="attributes",
                params={"most": MAX_VALUE},
            )


def parse_attributes(text: str) -> Attributes:
    """Read lines of ``name: value``. Raises ValidationError for a line without a colon or a name that comes twice."""
    found: Attributes = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        name, colon, single = line.partition(":")
        name = name.strip()
        if not colon or not name:
            raise ValidationError(
                _("Line %(line)d is not of the form “name: value”."), code="attributes", params={"line": number}
            )
        if name in found:
            raise ValidationError(_("Line %(line)d repeats a name."), code="attributes", params={"line": number})
        found[name] = single.strip()
    validate_attributes(found)
    return found


def join_attributes(value: Attributes) -> str:
    """One line for a table: ``name: value; name: value``; a semicolon or backslash inside is marked by a backslash."""
    pairs = (f"{name}: {'' if single is None else single}" for name, single in value.items())
    return "; ".join(pair.replace("\\", "\\\\").replace(";", "\\;") for pair in pairs)


def split_attributes(text: str) -> dict[str, str]:
    """Read what `join_attributes` wrote. Raises ValidationError for a part without a colon."""
    found: dict[str, str] = {}
    for part in re.findall(r"(?:[^;\\]|\\.?)+", text):
        name, colon, single = re.sub(r"\\(.)", r"\1", part).partition(":")
        if not part.strip():
            continue
        if not colon or not name.strip():
            raise ValidationError(_("This is not of the form “name: value; name: value”."), code="attributes")
        found[name.strip()] = single.strip()
    return found


def format_attributes(value: Attributes) -> str:
    """The lines that `parse_attributes` reads."""
    return "\n".join(f"{name}: {'' if single is None else single}" for name, single in value.items())
