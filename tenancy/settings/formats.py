"""The string formats that form and judge know alike; stricter than the standard where a browser would be fooled."""

from __future__ import annotations

import functools
import re
import zoneinfo
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, URLValidator
from jsonschema import FormatChecker

_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
_HOST = re.compile(
    r"(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+", re.I
)
_DURATION = re.compile(
    r"P(?:(?P<weeks>\d{1,6})W|(?=\dT?|T\d)(?:(?P<years>\d{1,6})Y)?(?:(?P<months>\d{1,6})M)?(?:(?P<days>\d{1,6})D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d{1,6})H)?(?:(?P<minutes>\d{1,6})M)?(?:(?P<seconds>\d{1,6})S)?)?)"
)
_email = EmailValidator()
_url = URLValidator(schemes=["http", "https"])


@functools.cache
def time_zones() -> frozenset[str]:
    """Names of the time zone database that this server can apply."""
    return frozenset(name for name in zoneinfo.available_timezones() if "/" in name or name == "UTC")


def _passes(validator: Callable[[str], Any]) -> Callable[[str], bool]:
    def check(text: str) -> bool:
        try:
            validator(text)
        except ValidationError:
            return False
        return True

    return check


def _is_date(text: str) -> bool:
    try:
        return len(text) == 10 and date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


CHECKS: dict[str, Callable[[str], bool]] = {
    "email": lambda text: len(text) <= 254 and _passes(_email)(text),
    "uri": lambda text: len(text) <= 2048 and _passes(_url)(text),
    "hostname": lambda text: _HOST.fullmatch(text) is not None,
    "color": lambda text: _COLOR.fullmatch(text) is not None,
    "time-zone": lambda text: text in time_zones(),
    "locale": lambda text: text in dict(settings.LANGUAGES),
    "duration": lambda text: _DURATION.fullmatch(text) is not None,
    "date": _is_date,
}
"""Format name → whether a text is one. ``uri`` is http or https only: a link may be rendered as one."""


def checker() -> FormatChecker:
    """A checker for `jsonschema` that asserts exactly the formats above."""
    made = FormatChecker(formats=())
    for name, check in CHECKS.items():
        made.checks(name)(lambda value, check=check: not isinstance(value, str) or check(value))
    return made


FORMATS = checker()


def parse_duration(text: str) -> timedelta:
    """An ISO 8601 duration; a month counts 30 days and a year 365. Raises ValueError for another text."""
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ValueError("not a duration")
    parts = {unit: int(number) for unit, number in match.groupdict().items() if number}
    days = parts.get("days", 0) + 7 * parts.get("weeks", 0) + 30 * parts.get("months", 0) + 365 * parts.get("years", 0)
    return timedelta(
        days=days,
        hours=parts.get("hours", 0),
        minutes=parts.get("minutes", 0),
        seconds=parts.get("seconds", 0),
    )


def format_duration(span: timedelta) -> str:
    """The shortest ISO 8601 text of a span in whole seconds, for example ``P14D`` or ``PT90M``."""
    seconds = int(span.total_seconds())
    for size, form in ((86_400, "P{}D"), (3_600, "PT{}H"), (60, "PT{}M")):
        if seconds % size == 0:
            return form.format(seconds // size)
    return f"PT{seconds}S"
