"""The isolation report as a page: per table and wall what holds, the answer of `manage.py isolation`."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.sites import site
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from console.pages import page
from tenancy.db.report import CHECKS, Finding, State, isolation_report

# Sign, words for a screen reader, tone of console.css.
MARKS: dict[State, tuple[str, Any, str]] = {
    State.HOLDS: ("✓", _("holds"), "good"),
    State.HOLE: ("✗", _("hole"), "bad"),
    State.ABSENT: ("○", _("wall not raised"), "warn"),
    State.NONE: ("·", _("does not apply"), "quiet"),
}
TITLES = {
    "orm": _("ORM scoped"),
    "rls": _("RLS forced"),
    "policies": _("Policies as declared"),
    "floor": _("Floor"),
    "tenant": _("Tenant NOT NULL"),
    "keys": _("Composite keys"),
    "uniques": _("Uniques lead with tenant"),
    "grants": _("Grants minimal"),
}


@page("isolation/", name="isolation_report", permission="operations.view_auditevent")
def isolation_page(request: HttpRequest) -> HttpResponse:
    """What stands between tenants right now, read from the database's catalogs at every visit."""
    report = isolation_report()
    nothing = Finding("", "", State.NONE)
    rows: list[dict[str, Any]] = [
        {"table": table, "kind": kind, "cells": [cell(report.of(table).get(check, nothing)) for check in CHECKS]}
        for table, kind in report.kinds.items()
    ]
    context = {
        **site.each_context(request),
        "title": _("Isolation"),
        "holes": report.holes,
        "titles": [TITLES[check] for check in CHECKS],
        "rows": sorted(rows, key=lambda row: all(one["tone"] != "bad" for one in row["cells"])),
        "whole": [{"name": found.check, **cell(found)} for found in report.findings if not found.table],
        "legend": [{"sign": sign, "words": words, "tone": tone} for sign, words, tone in MARKS.values()],
    }
    return TemplateResponse(request, "operations/isolation.html", context)


def cell(found: Finding) -> dict[str, Any]:
    """One answer as a sign, its words and the detail behind it."""
    sign, words, tone = MARKS[found.state]
    return {"sign": sign, "words": words, "tone": tone, "detail": found.detail}
