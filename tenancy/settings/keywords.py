"""The supported subset of JSON Schema draft 2020-12, keyword by keyword; everything else is refused at start-up."""

from __future__ import annotations

from typing import Any

from .formats import CHECKS

DIALECT = "https://json-schema.org/draft/2020-12/schema"
KEY_PATTERN = r"^[a-z][a-z0-9_]{0,62}$"

ANNOTATIONS = frozenset({"title", "description", "default", "examples", "deprecated", "$comment"})
SETTING_ONLY = frozenset({"x-secret", "x-permission"})
"""Allowed on a setting itself, not below it: a secret is whole, and so is the right to edit."""
GROUP_KEYWORDS = ANNOTATIONS | {"$schema", "type", "properties", "x-order", "x-permission"}

_CHOICES = frozenset({"enum", "x-enum-titles"})
_NUMBER = _CHOICES | {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "x-unit"}
TYPES: dict[str, frozenset[str]] = {
    "string": _CHOICES | {"minLength", "maxLength", "pattern", "format", "x-multiline", "x-unit"},
    "integer": _NUMBER,
    "number": _NUMBER,
    "boolean": frozenset(),
    "array": frozenset({"items", "minItems", "maxItems", "uniqueItems"}),
    "object": frozenset({"properties", "required", "additionalProperties", "x-order"}),
}
"""Type → the keywords a value of that type may carry beside the annotations and ``type``."""

PERMISSIONS = ("admin", "owner", "staff")
"""Who may edit, from the least to the most powerful: each covers those before it."""


def type_of(schema: dict[str, Any]) -> str:
    """The one type of a schema, null aside (``["integer", "null"]`` → ``"integer"``)."""
    declared = schema["type"]
    return declared if isinstance(declared, str) else next(name for name in declared if name != "null")


def is_nullable(schema: dict[str, Any]) -> bool:
    """Whether null is a value: the type must say so, and an enum must list it."""
    return "null" in schema["type"] and schema["type"] != "null" and (None in schema.get("enum", [None]))


def ordered_keys(schema: dict[str, Any]) -> list[str]:
    """The properties in the order of the form: ``x-order``, else as declared (never as jsonb returned them)."""
    return list(schema.get("x-order") or schema.get("properties", {}))


def meta_schema() -> dict[str, Any]:
    """The subset as a JSON Schema of its own, for editors and other tools: it judges one setting."""
    text, count, number = {"type": "string"}, {"type": "integer", "minimum": 0}, {"type": "number"}
    forms: dict[str, Any] = {
        **dict.fromkeys(("title", "description", "$comment", "x-unit", "pattern"), text),
        **{name: {} for name in ("default", "examples", "enum")},
        **{name: {"type": "boolean"} for name in ("deprecated", "x-secret", "x-multiline", "uniqueItems")},
        **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems"), count),
        **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), number),
        "multipleOf": {"type": "number", "exclusiveMinimum": 0},
        "format": {"enum": sorted(CHECKS)},
        "x-enum-titles": {"type": "array", "items": text},
        "x-order": {"type": "array", "items": text, "uniqueItems": True},
        "x-permission": {"enum": list(PERMISSIONS)},
        "required": {"type": "array", "items": text, "uniqueItems": True},
        "additionalProperties": {"type": "boolean"},
        "items": {"$ref": "#/$defs/value"},
        "properties": {
            "type": "object",
            "propertyNames": {"pattern": KEY_PATTERN},
            "additionalProperties": {"$ref": "#/$defs/value"},
        },
    }

    def one(kind: str, extra: frozenset[str]) -> dict[str, Any]:
        allowed = ANNOTATIONS | TYPES[kind] | extra
        is_kind = {"enum": [kind, [kind, "null"], ["null", kind]]}
        return {
            "type": "object",
            "required": ["type", *{"array": ["items"], "object": ["properties"]}.get(kind, [])],
            "properties": {"type": is_kind, **{name: forms[name] for name in sorted(allowed)}},
            "additionalProperties": False,
        }

    return {
        "$schema": DIALECT,
        "$defs": {
            "value": {"anyOf": [one(kind, frozenset()) for kind in TYPES]},
            "setting": {"anyOf": [one(kind, SETTING_ONLY) for kind in TYPES]},
        },
        "$ref": "#/$defs/setting",
    }
