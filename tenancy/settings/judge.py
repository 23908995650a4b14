"""The one judge of values: `jsonschema` with our formats and linear patterns, and messages in plain language."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend

from . import limits
from .errors import Problem
from .formats import FORMATS
from .patterns import matches


def _pattern(validator: Any, pattern: str, instance: Any, schema: Any) -> Iterator[ValidationError]:
    if validator.is_type(instance, "string") and not matches(pattern, instance):
        yield ValidationError(f"does not match {pattern}")


Validator: Any = extend(Draft202012Validator, {"pattern": _pattern})


def validator(schema: dict[str, Any]) -> Any:
    """A reusable judge of values of `schema`, which must be in the supported subset."""
    return Validator(schema, format_checker=FORMATS)


def problems(judge: Any, value: Any) -> list[Problem]:
    """What is wrong with `value`, each at its deepest place; empty when it fits."""
    unfit = limits.unfit(value)
    if unfit is not None:
        return [unfit]
    return [problem for error in judge.iter_errors(value) for problem in _explain(error)]


def _explain(error: ValidationError) -> Iterator[Problem]:
    path, keyword, limit, value = (
        tuple(error.absolute_path),
        str(error.validator),
        error.validator_value,
        error.instance,
    )
    if keyword == "required":
        missing = next((name for name in limit if error.message.startswith(f"{name!r} ")), None)
        yield Problem((*path, missing) if missing else path, _("This is required."), "required")
    elif keyword == "additionalProperties":
        for name in sorted(set(value) - set(error.schema.get("properties", {}))):
            yield Problem((*path, name), _("This field is not known here."), "additionalProperties")
    else:
        yield Problem(path, _sentence(keyword, limit, value), keyword)


_KINDS = {
    "string": lambda: _("Enter text."),
    "integer": lambda: _("Enter a whole number."),
    "number": lambda: _("Enter a number."),
    "boolean": lambda: _("Choose yes or no."),
    "array": lambda: _("Enter a list."),
    "object": lambda: _("Fill in the fields."),
}
_FORMATS = {
    "email": lambda: _("Enter an e-mail address, like name@example.com."),
    "uri": lambda: _("Enter a web address that starts with http:// or https://."),
    "hostname": lambda: _("Enter a domain, like example.com."),
    "color": lambda: _("Enter a colour as # and six digits, like #1d4ed8."),
    "time-zone": lambda: _("Choose a time zone, like Europe/Berlin."),
    "locale": lambda: _("Choose one of the languages."),
    "duration": lambda: _("Enter a span of time, like 14 days (P14D)."),
    "date": lambda: _("Enter a date as year-month-day, like 2026-01-31."),
}


def _sentence(keyword: str, limit: Any, value: Any) -> str:
    if keyword == "type":
        kinds = [limit] if isinstance(limit, str) else list(limit)
        return str(_KINDS.get(next((kind for kind in kinds if kind != "null"), ""), lambda: _("Wrong kind."))())
    if keyword == "format":
        return str(_FORMATS[limit]())
    counted = {
        "minLength": ngettext("Enter at least %(n)d character.", "Enter at least %(n)d characters.", _int(limit)),
        "maxLength": ngettext("Enter at most %(n)d character.", "Enter at most %(n)d characters.", _int(limit)),
        "minItems": ngettext("Give at least %(n)d entry.", "Give at least %(n)d entries.", _int(limit)),
        "maxItems": ngettext("Give at most %(n)d entry.", "Give at most %(n)d entries.", _int(limit)),
    }
    if keyword in counted:
        return counted[keyword] % {"n": limit}
    plain = {
        "minimum": _("Enter %(n)s or more."),
        "maximum": _("Enter %(n)s or less."),
        "exclusiveMinimum": _("Enter more than %(n)s."),
        "exclusiveMaximum": _("Enter less than %(n)s."),
        "multipleOf": _("Enter a multiple of %(n)s."),
        "enum": _("Choose one of the options."),
        "pattern": _("This does not have the expected form."),
        "uniqueItems": _("Entries may not repeat."),
    }
    return plain.get(keyword, _("This value does not fit.")) % {"n": limit}


def _int(limit: Any) -> int:
    return int(limit) if isinstance(limit, int | float) else 0
