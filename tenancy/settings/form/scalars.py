"""Nodes with one plain value: text, numbers, yes or no, choices, spans of time, secrets."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from ..documents import ABSENT, canonical
from ..keywords import type_of
from .nodes import ABSENT_MARK, Data, Node

_INTEGER = re.compile(r"[+-]?[0-9]{1,40}")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")


def clean(text: str) -> str:
    """Posted text as it was typed: browsers send line ends as CR LF."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


class TextNode(Node):
    """A string in one line, or in several where it is long."""

    template = "tenancy/settings/widgets/text.html"
    text = ""

    @property
    def input_type(self) -> str:
        """The keyboard that suits the format; the server judges, so no type that drops what it can not parse."""
        return {"email": "email", "uri": "url", "date": "date"}.get(self.format, "text")

    @property
    def format(self) -> str:
        """The declared format, or an empty text."""
        return str(self.schema.get("format", ""))

    @property
    def is_multiline(self) -> bool:
        """Whether a text area is needed: a single line would lose the line ends."""
        return bool(self.schema.get("x-multiline")) or "\n" in self.text

    def load(self, value: Any) -> None:
        self.remember(value)
        self.text = "" if value is ABSENT or value is None else str(value)

    def read(self, data: Data) -> None:
        self.read_mark(data)
        text = clean(str(data.get(self.name, "")))
        self.text = text.strip() if self.format else text

    def value(self) -> Any:
        return self.text if self.text else self.empty("")


class NumberNode(Node):
    """A number, typed as text so that nothing typed is ever lost."""

    template = "tenancy/settings/widgets/number.html"
    text = ""

    @property
    def mode(self) -> str:
        """The on-screen keyboard."""
        whole = type_of(self.schema) == "integer" and self.schema.get("minimum", -1) >= 0
        return "numeric" if whole else "decimal"

    def load(self, value: Any) -> None:
        self.remember(value)
        self.text = "" if value is ABSENT or value is None else json.dumps(value)

    def read(self, data: Data) -> None:
        self.read_mark(data)
        self.text = clean(str(data.get(self.name, ""))).strip()

    def value(self) -> Any:
        return as_number(self.text) if self.text else self.empty("")


def as_number(text: str) -> Any:
    """The number that `text` writes, or the text itself: the judge then says what was expected."""
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text) and len(text) <= 400:
        number = float(text)
        return number if math.isfinite(number) else text
    return text


class BooleanNode(Node):
    """A check box; a choice of three or four where it may be null or absent."""

    raw = "false"

    @property
    def template(self) -> str:  # type: ignore[override]
        """A select where a check box could not say everything."""
        return f"tenancy/settings/widgets/{'checkbox' if self.required else 'select'}.html"

    @property
    def options(self) -> list[tuple[str, str, bool]]:
        """(value, label, chosen)."""
        choices = [("absent", _("Not set"))] if self.optional else []
        choices += [("null", _("No value"))] if self.nullable else []
        choices += [("true", _("Yes")), ("false", _("No"))]
        return [(value, label, value == self.raw) for value, label in choices]

    def load(self, value: Any) -> None:
        self.raw = self.usual_mark if value is ABSENT else canonical(value)

    def read(self, data: Data) -> None:
        self.raw = str(data.get(self.name, "false" if self.required else self.usual_mark))

    def value(self) -> Any:
        if self.required:
            return self.raw == "true"
        return {"true": True, "false": False, "null": None, ABSENT_MARK: ABSENT}.get(self.raw, self.raw)


class ChoiceNode(Node):
    """One of the values of an enum."""

    template = "tenancy/settings/widgets/select.html"
    raw = ABSENT_MARK

    @property
    def choices(self) -> list[tuple[str, str]]:
        """(JSON text, label) of every value that the type allows."""
        values = [item for item in self.schema["enum"] if item is not None or self.nullable]
        titles = dict(zip(map(canonical, self.schema["enum"]), self.schema.get("x-enum-titles", ()), strict=False))
        return [(canonical(item), str(titles.get(canonical(item), _label(item)))) for item in values]

    @property
    def options(self) -> list[tuple[str, str, bool]]:
        """(value, label, chosen); nothing is chosen silently where nothing was."""
        empty = [(ABSENT_MARK, _("Not set") if self.optional else _("Choose…"))]
        known = dict(self.choices)
        if not self.optional and self.raw in known:
            empty = []
        if self.raw != ABSENT_MARK and self.raw not in known:  # shown as it is, so that nothing else is chosen silently
            empty.append((self.raw, _("%(value)s (not offered)") % {"value": self.raw}))
        return [(value, label, value == self.raw) for value, label in empty + self.choices]

    def load(self, value: Any) -> None:
        self.raw = ABSENT_MARK if value is ABSENT else canonical(value)

    def read(self, data: Data) -> None:
        self.raw = str(data.get(self.name, ABSENT_MARK))

    def value(self) -> Any:
        if self.raw == ABSENT_MARK:
            return ABSENT
        known = {canonical(item): item for item in self.schema["enum"]}
        return known[self.raw] if self.raw in known else _parsed(self.raw)


def _parsed(raw: str) -> Any:
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        return raw
    return raw if isinstance(value, dict | list) else value


def _label(item: Any) -> str:
    return _("No value") if item is None else str(item)


class LocaleNode(ChoiceNode):
    """One of the languages that the product speaks."""

    def __init__(self, schema: dict[str, Any], name: str, **options: Any) -> None:
        codes = [code for code, _name in settings.LANGUAGES]
        titles = [str(title) for _code, title in settings.LANGUAGES]
        if is_null := "null" in schema["type"] and schema["type"] != "null":
            titles.append(_("No value"))
        choices = {"enum": codes + ([None] if is_null else []), "x-enum-titles": titles}
        super().__init__(schema | choices, name, **options)


class DurationNode(Node):
    """A span of time as a number and a unit; the ISO text itself where it is neither."""

    template = "tenancy/settings/widgets/duration.html"
    units = {"S": "PT{}S", "M": "PT{}M", "H": "PT{}H", "D": "P{}D", "W": "P{}W", "mo": "P{}M", "Y": "P{}Y"}
    amount = ""
    unit_raw = "D"

    @property
    def unit_options(self) -> list[tuple[str, str, bool]]:
        """(value, label, chosen)."""
        labels = {
            "S": _("seconds"), "M": _("minutes"), "H": _("hours"), "D": _("days"), "W": _("weeks"), "mo": _("months"),
            "Y": _("years"), "iso": _("ISO 8601 text"),
        }  # fmt: skip
        return [(value, label, value == self.unit_raw) for value, label in labels.items()]

    def load(self, value: Any) -> None:
        self.remember(value)
        self.amount, self.unit_raw = "", "D"
        if isinstance(value, str) and value:
            self.amount, self.unit_raw = value, "iso"
            for unit, form in self.units.items():
                before, after = form.split("{}")
                number = value.removeprefix(before).removesuffix(after)
                if number.isdecimal() and number.isascii() and form.format(number) == value:
                    self.amount, self.unit_raw = number, unit

    def read(self, data: Data) -> None:
        self.read_mark(data)
        self.amount = clean(str(data.get(self.name, ""))).strip()
        self.unit_raw = str(data.get(f"{self.name}:unit", "D"))

    def value(self) -> Any:
        if not self.amount:
            return self.empty("")
        form = self.units.get(self.unit_raw, "{}")
        return form.format(self.amount) if self.amount.isdecimal() and self.amount.isascii() else self.amount


class SecretNode(Node):
    """A secret: typed, never shown. `is_set` says that one is stored; an empty box leaves it alone."""

    template = "tenancy/settings/widgets/secret.html"
    text = ""
    sealed = ""  # token of a secret typed in the step before
    is_set = False

    @property
    def control(self) -> str:
        """The name of its box; pages that show typed values again leave out what is called a password."""
        return f"{self.name}:password"

    def load(self, value: Any) -> None:
        self.is_set = value is not ABSENT and value is not None
        self.text = ""

    def read(self, data: Data) -> None:
        self.text = clean(str(data.get(self.control, "")))
        self.sealed = str(data.get(f"{self.name}:sealed", ""))

    def value(self) -> Any:
        return self.text or ABSENT
