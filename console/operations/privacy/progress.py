"""How far a job is, for a page that looks every other second; once the job is over the page shows itself anew."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from console.pages import page
from pii.models import DataRequest

from . import panels


@page("privacy/requests/<uuid:key>/progress/", name="pii_progress", permission="pii.view_datarequest")
@require_safe
def progress(request: HttpRequest, key: UUID) -> HttpResponse:
    """The panel alone; with the order to load the page again when nothing runs any more."""
    asked = get_object_or_404(DataRequest, pk=key)
    response = HttpResponse(panels.progress(asked))
    if not panels.is_busy(asked):
        response["HX-Refresh"] = "true"
    response["Cache-Control"] = "no-store"
    return response
