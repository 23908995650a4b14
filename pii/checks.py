"""System checks of the app, one id per condition."""

from __future__ import annotations

from typing import Any

from django.core import checks

from . import conf
from .coverage import undecided
from .exceptions import DeclarationError


def check_officers(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """pii.W003 nobody is reminded of due requests."""
    said = conf.get("OFFICERS")
    if said is None or said:
        return []
    hint = "Name addresses or a function in PII['OFFICERS'], or leave it out: then everybody is who may enter requests."
    return [checks.Warning("PII['OFFICERS'] is empty: nobody is reminded of due requests.", hint=hint, id="pii.W003")]


def check_coverage(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """pii.E001 nothing declared; pii.E002 a column nobody has decided about (a warning, pii.W002, until enforced)."""
    try:
        lines = undecided()
    except DeclarationError as error:
        return [checks.Error(str(error), id="pii.E001")]
    hint = "Declare it in the app's pii.py, or waive it there with a reason. `manage.py pii_coverage` lists all."
    if not conf.get("ENFORCE_COVERAGE"):
        counted = (
            f"{len(lines)} columns are neither declared nor waived, the first: {lines[0].problem}" if lines else ""
        )
        return [checks.Warning(counted, hint=hint, id="pii.W002")] if lines else []
    return [checks.Error(line.problem, hint=hint, id="pii.E002") for line in lines]
