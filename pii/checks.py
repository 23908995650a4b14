"""System checks of the app, one id per condition."""

from __future__ import annotations

from typing import Any

from django.core import checks

from . import conf
from .coverage import undecided
from .exceptions import DeclarationError


def check_coverage(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """pii.E001 nothing declared; pii.E002 a column nobody has decided about (a warning, pii.W002, until enforced)."""
    try:
        lines = undecided()
    except DeclarationError as error:
        return [checks.Error(str(error), id="pii.E001")]
    message = checks.Error if conf.get("ENFORCE_COVERAGE") else checks.Warning
    code = "pii.E002" if conf.get("ENFORCE_COVERAGE") else "pii.W002"
    hint = "Declare it in the app's pii.py, or waive it there with a reason. `manage.py pii_coverage` lists all."
    return [message(line.problem, hint=hint, id=code) for line in lines]
