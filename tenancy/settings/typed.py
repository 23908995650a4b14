"""Groups declared as a class: one source for the schema, the types that editors check and the values code reads."""

from __future__ import annotations

import dataclasses
import enum
import types
import typing
import zoneinfo
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar, dataclass_transform

from .formats import format_duration, parse_duration
from .registry import Group, Registry, registry
from .secrets import Secret
from .values import Convert, as_is, nullable

C = TypeVar("C")


def setting(
    default: Any = dataclasses.MISSING,
    *,
    title: str = "",
    help: str = "",
    permission: str = "",
    **keywords: Any,
) -> Any:
    """A field of a settings class.

    `permission` is who may edit it (``admin``, ``owner``, ``staff``; the group's if empty). `keywords` are keywords of
    JSON Schema for its value (``minimum=1``, ``format="email"``, ``items={"format": "hostname"}``…); a name with an
    underscore in front is an extension (``_unit="days"`` → ``x-unit``).
    """
    extra = {f"x-{key[1:].replace('_', '-')}" if key.startswith("_") else key: value for key, value in keywords.items()}
    extra |= {"title": title} if title else {}
    extra |= {"description": help} if help else {}
    extra |= {"x-permission": permission} if permission else {}
    return dataclasses.field(default=default, metadata={"schema": extra})


@dataclass_transform(frozen_default=True, field_specifiers=(setting,))
def settings_group(
    key: str,
    *,
    title: str = "",
    permission: str = "admin",
    version: int = 1,
    position: int = 100,
    into: Registry | None = None,
) -> Callable[[type[C]], type[C]]:
    """Class decorator: declare a group from annotated fields; ``tenant.config.<key>`` returns an instance of it.

    The docstring is the group's help; `position` orders the menu. The class gets ``group`` (which takes
    ``@Class.group.upgrade(version)`` functions) and becomes a frozen dataclass. Raises TypeError for an annotation that
    no schema can express.
    """

    def declare(cls: type[C]) -> type[C]:
        made = dataclasses.dataclass(frozen=True)(cls)
        schema, build = class_schema(made)
        schema |= {"x-permission": permission, "description": schema.get("description", "")}
        group = Group(key, schema, version=version, title=title, order=position, build=build)
        made.group = (into or registry).add(group)  # type: ignore[attr-defined]
        return made

    return declare


def class_schema(cls: Any) -> tuple[dict[str, Any], Convert]:
    """The object schema of a dataclass, and the function that makes an instance of it from judged JSON."""
    hints = typing.get_type_hints(cls)
    parts: dict[str, Any] = {}
    builders: dict[str, Convert] = {}
    required: list[str] = []
    for item in dataclasses.fields(cls):
        extra = dict(item.metadata.get("schema", {}))
        schema, builders[item.name] = annotation_schema(hints[item.name], f"{cls.__name__}.{item.name}")
        for nested in ("items",):
            if nested in extra:
                schema[nested] = schema.get(nested, {}) | extra.pop(nested)
        schema |= extra
        if item.default is dataclasses.MISSING:
            required.append(item.name)
        elif not schema.get("x-secret"):
            schema["default"] = to_json(item.default)
        parts[item.name] = schema
    made: dict[str, Any] = {"type": "object", "properties": parts, "x-order": list(parts)}
    if required:
        made["required"] = required
    if cls.__doc__ and not cls.__doc__.startswith(f"{cls.__name__}("):  # not the signature that dataclass writes
        made["description"] = " ".join(cls.__doc__.split())

    def build(value: dict[str, Any]) -> Any:
        return cls(**{key: convert(value[key]) for key, convert in builders.items() if key in value})

    return made, build


def annotation_schema(hint: Any, where: str) -> tuple[dict[str, Any], Convert]:
    """The schema and the conversion of one annotation. Raises TypeError with the remedy for one that has none."""
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType) and len(args) == 2 and type(None) in args:
        schema, convert = annotation_schema(next(arg for arg in args if arg is not type(None)), where)
        schema["type"] = [schema["type"], "null"]
        if "enum" in schema:
            schema["enum"] = [*schema["enum"], None]
            schema["x-enum-titles"] = [*schema.get("x-enum-titles", map(str, schema["enum"][:-1])), "—"]
        return schema, nullable(convert)
    if origin is tuple and len(args) == 2 and args[1] is Ellipsis:
        schema, convert = annotation_schema(args[0], where)
        return {"type": "array", "items": schema}, lambda value: tuple(map(convert, value))
    if origin is frozenset:
        schema, convert = annotation_schema(args[0], where)
        return {"type": "array", "items": schema, "uniqueItems": True}, lambda value: frozenset(map(convert, value))
    if origin is typing.Literal:
        kinds = {bool: "boolean", int: "integer", str: "string"}
        return {"type": kinds[type(args[0])], "enum": list(args)}, as_is
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        kind = "integer" if isinstance(next(iter(hint)).value, int) else "string"
        titles = [str(getattr(member, "label", member.name)) for member in hint]
        return {"type": kind, "enum": [member.value for member in hint], "x-enum-titles": titles}, hint
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return class_schema(hint)
    if hint in _PLAIN:
        schema, convert = _PLAIN[hint]
        return dict(schema), convert
    raise TypeError(
        f"{where}: no schema for {hint}. Use bool, int, float, str, timedelta, ZoneInfo, Secret, Literal, "
        "an enum, a dataclass, tuple[X, ...], frozenset[X] or X | None (values are shared, so they must be immutable)."
    )


_PLAIN: dict[Any, tuple[dict[str, Any], Convert]] = {
    bool: ({"type": "boolean"}, as_is),
    int: ({"type": "integer"}, int),
    float: ({"type": "number"}, float),
    str: ({"type": "string"}, as_is),
    timedelta: ({"type": "string", "format": "duration"}, parse_duration),
    zoneinfo.ZoneInfo: ({"type": "string", "format": "time-zone"}, zoneinfo.ZoneInfo),
    Secret: ({"type": "string", "x-secret": True}, as_is),
}


def to_json(value: Any) -> Any:
    """A Python default as the JSON that the schema judges."""
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, timedelta):
        return format_duration(value)
    if isinstance(value, zoneinfo.ZoneInfo):
        return value.key
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {item.name: to_json(getattr(value, item.name)) for item in dataclasses.fields(value)}
    if isinstance(value, tuple | list):
        return [to_json(item) for item in value]
    if isinstance(value, frozenset):
        return sorted(to_json(item) for item in value)
    return value
