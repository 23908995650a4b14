"""Turns judged JSON into what code reads: attributes, tuples, time spans and zones, all immutable."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable, Iterator
from typing import Any

from .errors import UnknownSetting
from .formats import parse_duration
from .keywords import type_of

Convert = Callable[[Any], Any]


class Values:
    """A read-only object whose attributes are the keys of a JSON object; absent optional keys read as None."""

    def __init__(self, name: str, values: dict[str, Any]) -> None:
        self.__dict__.update(values)
        self.__dict__["_name"] = name

    def __setattr__(self, key: str, value: Any) -> None:
        raise AttributeError("Resolved settings are read-only; write through tenancy.settings.change().")

    def __delattr__(self, key: str) -> None:
        raise AttributeError("Resolved settings are read-only; write through tenancy.settings.change().")

    def __getattr__(self, key: str) -> Any:
        if key.startswith("_"):
            raise AttributeError(key)
        raise UnknownSetting(f"{self._name}.{key}", [f"{self._name}.{known}" for known in self])

    def __iter__(self) -> Iterator[str]:
        return (key for key in self.__dict__ if key != "_name")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Values) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash(self.__dict__["_name"])

    def __repr__(self) -> str:
        return f"<settings {self._name}: {', '.join(self)}>"  # keys only: a log line must not show values


def converter(schema: dict[str, Any], name: str = "") -> Convert:
    """A function from a judged JSON value of `schema` to its Python value; `name` is for messages."""
    kind = type_of(schema)
    if schema.get("x-secret"):
        plain: Convert = as_is
    elif kind == "array":
        item = converter(schema["items"], name)
        plain = lambda value: tuple(map(item, value))  # noqa: E731
    elif kind == "object":
        plain = _object(schema, name)
    else:
        plain = PLAIN.get(schema.get("format", "") if kind == "string" else kind, as_is)
    return nullable(plain)


def nullable(convert: Convert) -> Convert:
    """`convert`, with None passed through."""
    return lambda value: None if value is None else convert(value)


def as_is(value: Any) -> Any:
    """The value itself."""
    return value


PLAIN: dict[str, Convert] = {
    "duration": parse_duration,
    "time-zone": zoneinfo.ZoneInfo,
    "number": float,
    "integer": int,
}
"""Format or type → conversion of a judged value that is not null."""


def _object(schema: dict[str, Any], name: str) -> Convert:
    parts = {key: converter(part, f"{name}.{key}") for key, part in schema["properties"].items()}
    return lambda value: Values(name, {key: parts[key](value.get(key)) for key in parts})
