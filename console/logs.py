"""Log lines: JSON with the request's id in production, plain ones in development, no personal data in either."""

from __future__ import annotations

import logging
import re
from typing import Any

from django.http import HttpRequest
from pythonjsonlogger.json import JsonFormatter

from .request_id import current_request_id, route_of

EMAIL = re.compile(r"[^\s@\"'<>()=,;:]+@[^\s@\"'<>()=,;:]+\.[^\s@\"'<>()=,;:]+")
# PostgreSQL repeats the offending row's values in DETAIL, and the statement's in CONTEXT.
DETAIL = re.compile(r"^(DETAIL|CONTEXT):.*$", re.MULTILINE)

# What an exception quotes is as a rule a value: Python's in single quotes, PostgreSQL's in double ones behind a colon.
QUOTED = re.compile(r"'(?:[^'\\\n]|\\.)*'|“[^”\n]*”|(?<=: )\"[^\"\n]*\"|(?<=value )\"[^\"\n]*\"")
CODE = ("    ", '  File "')  # lines of a traceback that show the program, not its data


def without_values(trace: str) -> str:
    """A traceback with its code, the class of each exception and what it says, without the values that it quotes."""
    lines = (line if line.startswith(CODE) else QUOTED.sub("'…'", line) for line in trace.split("\n"))
    return "\n".join(lines)


def without_people(text: str) -> str:
    """Text of a log line without addresses and without the row that PostgreSQL quotes in an error."""
    return EMAIL.sub("[e-mail]", DETAIL.sub(r"\1: [left out]", text))


class RequestContext(logging.Filter):
    """Adds the request's id, and takes the address out of Django's own lines about a request."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = current_request_id() or "-"
        request = record.__dict__.pop("request", None)  # its repr holds the address
        if isinstance(request, HttpRequest) and isinstance(record.args, tuple):
            record.args = tuple(route_of(request) if arg == request.path else arg for arg in record.args)
        return True


class HumanFormatter(logging.Formatter):
    """One line for a person at a terminal."""

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname:<7} {name} [{request_id:.8}] {message}", "%H:%M:%S", style="{")

    def format(self, record: logging.LogRecord) -> str:
        return without_people(super().format(record))

    def formatException(self, ei: Any) -> str:  # the library's name
        return without_values(super().formatException(ei))


class MachineFormatter(JsonFormatter):
    """One JSON object for a log collector."""

    def __init__(self) -> None:
        super().__init__(
            "{asctime}{levelname}{name}{request_id}{message}",
            style="{",
            rename_fields={"asctime": "time", "levelname": "level", "name": "logger"},
            datefmt="%Y-%m-%dT%H:%M:%S%z",
        )

    def formatException(self, ei: Any) -> Any:  # the library's name
        return without_values(str(super().formatException(ei)))

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        return {key: without_people(value) if isinstance(value, str) else value for key, value in log_data.items()}


def logging_config(*, human: bool, level: str = "INFO") -> dict[str, Any]:
    """The LOGGING setting; gunicorn takes the same for its own lines."""
    quiet = {"level": "WARNING"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"request": {"()": RequestContext}},
        "formatters": {"line": {"()": HumanFormatter if human else MachineFormatter}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request"]}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Django attaches handlers of its own (one mails pages full of local variables): ours is the only one.
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
            "gunicorn.error": {"handlers": [], "level": "WARNING" if human else level, "propagate": True},
            # A 404 is no news, and every answer has its line from console.request.
            "django.request": {"level": "ERROR"},
            "procrastinate": quiet,
            "asyncio": quiet,
        },
    }
