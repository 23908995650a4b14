"""Judges declared schemas at start-up: what the form can not honour, or what could hurt, is refused with its reason."""

from __future__ import annotations

import keyword as python
import re
from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker, SchemaError

from . import judge, limits
from .documents import canonical
from .errors import Path, Problem
from .formats import CHECKS
from .keywords import (
    ANNOTATIONS,
    DIALECT,
    GROUP_KEYWORDS,
    KEY_PATTERN,
    PERMISSIONS,
    SETTING_ONLY,
    TYPES,
    is_nullable,
    type_of,
)
from .patterns import PatternRefused, compile_pattern

MAX_INPUTS = 900
"""Form fields of one group at most; Django refuses a POST of more than 1,000 (DATA_UPLOAD_MAX_NUMBER_FIELDS)."""
MAX_LEVELS = 5
_KEY = re.compile(KEY_PATTERN)


def group_problems(schema: Any) -> list[Problem]:
    """Everything that keeps a group's schema from being used; empty for a good one."""
    unfit = limits.unfit(schema, depth=limits.MAX_SCHEMA_DEPTH, nodes=limits.MAX_SCHEMA_NODES)
    if unfit is not None:
        return [unfit]
    if not isinstance(schema, dict):
        return [Problem((), "a group is a schema of type object", "not_object")]
    malformed = _malformed(schema)
    try:
        found = list(_group(schema)) or malformed
    except TypeError:  # a keyword holds what the draft does not allow it to hold, so the rules below cannot read it
        if not malformed:
            raise
        found = malformed
    if not found:
        found = list(_defaults(schema))
    if not found and (inputs := sum(count_inputs(part) + 1 for part in schema["properties"].values())) > MAX_INPUTS:
        found = [Problem((), f"its form could grow to {inputs} inputs, more than {MAX_INPUTS}: split it", "too_big")]
    return found


def _malformed(schema: dict[str, Any]) -> list[Problem]:
    try:
        Draft202012Validator.check_schema(schema, format_checker=FormatChecker(formats=()))
    except (SchemaError, RecursionError) as error:
        path = tuple(getattr(error, "absolute_path", ()))
        return [Problem(path, f"not valid in draft 2020-12: {getattr(error, 'message', error)}", "draft")]
    return []


def _group(schema: dict[str, Any]) -> Iterator[Problem]:
    yield from _unknown(schema, GROUP_KEYWORDS, (), "a group")
    if schema.get("$schema", DIALECT) != DIALECT:
        yield Problem(("$schema",), f"only {DIALECT} is judged", "dialect")
    if schema.get("type") != "object" or not isinstance(schema.get("properties"), dict) or not schema["properties"]:
        yield Problem((), "a group is a schema of type object with properties", "not_object")
        return
    if schema.get("x-permission", "admin") not in PERMISSIONS:
        yield Problem((), f"x-permission is one of {', '.join(PERMISSIONS)}", "permission")
    yield from _names(schema, ())
    for key, part in schema["properties"].items():
        path: Path = (key,)
        yield from _value(part, path, level=1)
        if isinstance(part, dict):
            yield from _setting(part, path)


def _setting(part: dict[str, Any], path: Path) -> Iterator[Problem]:
    if part.get("x-permission", "admin") not in PERMISSIONS:
        yield Problem(path, f"x-permission is one of {', '.join(PERMISSIONS)}", "permission")
    if not isinstance(part.get("x-secret", False), bool):
        yield Problem(path, "x-secret is true or false", "secret")
    elif part.get("x-secret"):
        if part.get("type") not in ("string", ["string", "null"], ["null", "string"]) or "enum" in part:
            yield Problem(path, "a secret is a plain string", "secret")
        if part.get("default") is not None:
            yield Problem(path, "a secret has no default: it would stand in the code", "secret")
    elif "default" not in part:
        yield Problem(path, "a setting needs a default", "no_default")


def _unknown(schema: dict[str, Any], allowed: frozenset[str], path: Path, what: str) -> Iterator[Problem]:
    for name in sorted(set(schema) - allowed):
        yield Problem(path, f"keyword '{name}' is not supported for {what}", "unsupported")


def _names(schema: dict[str, Any], path: Path) -> Iterator[Problem]:
    properties = schema["properties"]
    for key in properties:
        if not _KEY.match(key) or python.iskeyword(key):
            yield Problem((*path, key), "a key is a lower-case Python name of at most 63 characters", "bad_name")
    order = schema.get("x-order")
    if order is not None and (not isinstance(order, list) or sorted(map(str, order)) != sorted(properties)):
        yield Problem(path, "x-order lists every property once", "order")


def _value(schema: Any, path: Path, *, level: int) -> Iterator[Problem]:
    if not isinstance(schema, dict):
        yield Problem(path, "true and false are no usable schemas here", "unsupported")
        return
    kinds = schema.get("type")
    kinds = [kinds] if isinstance(kinds, str) else kinds
    real = [kind for kind in kinds if kind != "null"] if isinstance(kinds, list) else []
    if len(real) != 1 or not isinstance(real[0], str) or real[0] not in TYPES or len(kinds or ()) > 2:
        yield Problem(path, f"type is one of {', '.join(TYPES)}, alone or with null", "type")
        return
    if level > MAX_LEVELS:
        yield Problem(path, f"nested more than {MAX_LEVELS} levels", "too_deep")
        return
    kind = real[0]
    extra = SETTING_ONLY if level == 1 else frozenset()
    yield from _unknown(schema, ANNOTATIONS | TYPES[kind] | extra | {"type"}, path, kind)
    yield from _scalar_rules(schema, path)
    if kind == "array":
        if "items" not in schema:
            yield Problem(path, "a list needs items", "no_items")
        else:
            yield from _value(schema["items"], (*path, "items"), level=level + 1)
            yield from _list_rules(schema, path)
    elif kind == "object":
        properties = schema.get("properties")
        if not isinstance(properties, dict) or not properties:
            yield Problem(path, "an object needs properties", "no_properties")
            return
        yield from _names(schema, path)
        if not isinstance(schema.get("additionalProperties", True), bool):
            yield Problem(path, "additionalProperties is true or false", "unsupported")
        if isinstance(schema.get("required"), list) and not set(map(str, schema["required"])) <= set(properties):
            yield Problem(path, "required names a property that is not declared", "required")
        for key, part in properties.items():
            yield from _value(part, (*path, key), level=level + 1)


def _scalar_rules(schema: dict[str, Any], path: Path) -> Iterator[Problem]:
    if isinstance(pattern := schema.get("pattern"), str):
        try:
            compile_pattern(pattern)
        except PatternRefused as error:
            yield Problem(path, str(error), "pattern")
    if "format" in schema and str(schema["format"]) not in CHECKS:
        yield Problem(path, f"format is one of {', '.join(CHECKS)}", "format")
    choices = schema.get("enum")
    if choices is not None:
        if not isinstance(choices, list) or not choices or any(isinstance(item, list | dict) for item in choices):
            yield Problem(path, "enum is a list of at least one plain value", "enum")
        elif len({canonical(item) for item in choices}) != len(choices):
            yield Problem(path, "enum repeats a value", "enum")
        titles = schema.get("x-enum-titles")
        if titles is not None and (not isinstance(titles, list) or len(titles) != len(choices)):
            yield Problem(path, "x-enum-titles has one title for each value of enum", "enum")
    for low, high in (("minLength", "maxLength"), ("minItems", "maxItems"), ("minimum", "maximum")):
        bounds = schema.get(low), schema.get(high)
        if all(isinstance(bound, int | float) for bound in bounds) and bounds[0] > bounds[1]:  # type: ignore[operator]
            yield Problem(path, f"{low} is more than {high}", "bounds")


def _list_rules(schema: dict[str, Any], path: Path) -> Iterator[Problem]:
    items = schema["items"]
    if not isinstance(items, dict) or not isinstance(items.get("type"), str | list):
        return
    if "null" in items["type"] and items["type"] != "null":
        yield Problem(path, "the entries of a list are not null", "type")
    if not is_one_input(schema) and not isinstance(schema.get("maxItems"), int):
        yield Problem(path, "a list whose entries have inputs of their own needs maxItems", "max_items")


def is_one_input(schema: dict[str, Any]) -> bool:
    """Whether a list fits one control: lines of text, or a set of check boxes."""
    items = schema["items"]
    is_set = "enum" in items and schema.get("uniqueItems") is True
    return is_set or (items.get("type") == "string" and "enum" not in items and not items.get("x-multiline"))


def count_inputs(schema: dict[str, Any]) -> int:
    """How many form fields a value can need at most."""
    kind = type_of(schema)
    if kind == "object":
        return 2 + sum(count_inputs(part) for part in schema["properties"].values())
    if kind == "array":
        if is_one_input(schema):
            return 2 + len(schema["items"].get("enum", ()))
        return 2 + int(schema["maxItems"]) * (1 + count_inputs(schema["items"]))
    return 2


def _defaults(schema: dict[str, Any]) -> Iterator[Problem]:
    for key, part in schema["properties"].items():
        yield from _default(part, (key,))


def _default(schema: dict[str, Any], path: Path) -> Iterator[Problem]:
    if "default" in schema and not (schema.get("x-secret") and schema["default"] is None):
        for problem in judge.problems(judge.validator(schema), schema["default"]):
            yield Problem(path, f"the default breaks its own schema: {problem}", "default")
    for key, part in schema.get("properties", {}).items():
        yield from _default(part, (*path, key))
    if "items" in schema:
        yield from _default(schema["items"], (*path, "items"))
    if "enum" in schema and not any(_fits(schema, item) for item in schema["enum"]):
        yield Problem(path, "no value of enum has the declared type", "enum")
    if None in schema.get("enum", ()) and not is_nullable(schema):
        yield Problem(path, "enum lists null, but type does not", "enum")


def _fits(schema: dict[str, Any], item: Any) -> bool:
    return bool(judge.validator({"type": schema["type"]}).is_valid(item))
