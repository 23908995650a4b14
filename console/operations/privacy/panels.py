"""What a request's page shows: rendered from the request's own records, never from the person's data."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from pii.erase.report import is_genuine
from pii.models import DataRequest, ReviewItem
from tenancy.models import Tenant


def tenant_names(keys: list[Any]) -> dict[Any, str]:
    return dict(Tenant.objects.filter(pk__in=keys).values_list("pk", "slug"))


def plan(request: DataRequest) -> SafeString:
    """Counts per model, what becomes of them, and what was decided per organisation."""
    items = list(request.items.all())
    names = tenant_names([item.tenant_key for item in items if item.tenant_key])
    rows = [{"item": item, "tenant": names.get(item.tenant_key, "")} for item in items]
    decisions = request.decisions.select_related("tenant")
    return render_to_string("admin/privacy/plan.html", {"request": request, "rows": rows, "decisions": decisions})


def steps(request: DataRequest) -> SafeString:
    return render_to_string("admin/privacy/steps.html", {"steps": request.steps.all()})


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


def packages(request: DataRequest) -> SafeString:
    return render_to_string("admin/privacy/packages.html", {"packages": request.packages.all()})
