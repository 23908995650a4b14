"""What a request's page shows: rendered from the request's own records, never from the person's data."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from pii.erase.report import is_genuine
from pii.models import DataRequest, Kind, ReviewItem, State
from tenancy.models import Tenant


def tenant_names(keys: list[Any]) -> dict[Any, str]:
    return dict(Tenant.objects.filter(pk__in=keys).values_list("pk", "slug"))


def plan(request: DataRequest) -> SafeString:
    """Counts per model, what becomes of them, and what was decided per organisation."""
    items = list(request.items.all())
    names = tenant_names([item.tenant_key for item in items if item.tenant_key])
    rows = [{"item": item, "tenant": names.get(item.tenant_key, "")} for item in items]
    context = {
        "request": request,
        "rows": rows,
        "decisions": request.decisions.select_related("tenant"),
        "may_decide": request.kind == Kind.ERASURE and request.state in (State.PLANNED, State.APPROVED),
        "may_rectify": request.kind == Kind.RECTIFICATION and request.is_open and request.identity_at,
        "restrictions": request.restrictions.all(),
    }
    return render_to_string("admin/privacy/plan.html", context)


def progress(request: DataRequest) -> SafeString:
    """Package and steps; while a job works on it, the panel asks for itself every other second."""
    context = {
        "request": request,
        "busy": is_busy(request),
        "steps": request.steps.all(),
        "packages": request.packages.all(),
    }
    return render_to_string("admin/privacy/progress.html", context)


def is_busy(request: DataRequest) -> bool:
    """Whether a job works on it now, and nothing waits for a person."""
    if request.state == State.RUNNING:
        return True
    waits = request.reviews.filter(answer=ReviewItem.Answer.OPEN).exists()
    return request.state == State.VERIFYING and not waits


def events(request: DataRequest) -> SafeString:
    return render_to_string("admin/privacy/events.html", {"events": request.events.order_by("-id")})


def proof(request: DataRequest) -> SafeString:
    """The report of a finished erasure, or what still waits for somebody."""
    open_items = request.reviews.filter(answer=ReviewItem.Answer.OPEN)
    context = {
        "request": request,
        "report": request.report,
        "genuine": bool(request.signature) and is_genuine(request.report, request.signature),
        "last_scan": request.scans.exclude(finished_at=None).first(),
        "open_reviews": open_items.aggregate(n=Count("pk"))["n"],
    }
    return render_to_string("admin/privacy/proof.html", context)
