"""Two pages read off the declarations: the Article 30 record, and what is declared about every column."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from console.needs import needs
from pii import registry
from pii.coverage import walk
from pii.retention import record_of_processing
from tenancy.models import Tenant


def _page(request: HttpRequest, template: str, **context: object) -> HttpResponse:
    return TemplateResponse(request, template, {**admin.site.each_context(request), **context})


@require_safe
@needs("pii.view_datarequest")
def article_30(request: HttpRequest) -> HttpResponse:
    """The record of processing activities, of the platform or of one organisation with the spans that it chose."""
    slug = request.GET.get("organisation", "").strip()
    tenant = Tenant.objects.filter(slug=slug).first() if slug else None
    return _page(
        request,
        "admin/privacy/record.html",
        title=_("Record of processing"),
        lines=record_of_processing(tenant.pk if tenant else None),
        slug=slug,
        tenant=tenant,
    )


@require_safe
@needs("pii.view_datarequest")
def coverage(request: HttpRequest) -> HttpResponse:
    """Every column of every table, with its category and what erasure does to it."""
    lines = walk()
    problems = sum(bool(line.problem) for line in lines)
    context = {"lines": lines, "problems": problems, "hash": registry.content_hash()}
    return _page(request, "admin/privacy/coverage.html", title=_("Declared columns"), **context)
