"""Pages of the trail: the browser, and one change side by side."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.admin.sites import site
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.dateparse import parse_datetime

import pii
from console.pages import page
from tenancy import TenantScopeRequired

from . import trail

FILTERS = ("tenant", "actor", "object", "verb", "request")
KEYS = ("tenant", "actor")


@page("trail/", name="audit_browser", permission="operations.view_auditevent")
def audit_browser(request: HttpRequest) -> HttpResponse:
    """Acts, or the history of one kind of row, by tenant, actor, object, verb and request."""
    filters = {name: request.GET.get(name, "").strip() for name in FILTERS}
    kind = request.GET.get("kind", "")
    before = parse_datetime(request.GET["before"]) if request.GET.get("before") else None
    problem = next((f"“{name}” wants an id." for name in KEYS if filters[name] and not is_key(filters[name])), "")
    rows: list[dict[str, Any]] = []
    if kind and not may_browse(request):
        raise PermissionDenied
    if kind and kind not in trail.tracked_models():
        raise Http404
    if not problem:
        try:
            rows = changes(kind, filters, before) if kind else acts(filters, before)
        except TenantScopeRequired:
            problem = "These rows are a tenant's own records: open a staff session for that tenant first."
    context = {
        **site.each_context(request),
        "title": "Trail",
        "rows": rows,
        "filters": [(name, filters[name]) for name in FILTERS],
        "kind": kind,
        "kinds": sorted(trail.tracked_models()) if may_browse(request) else [],
        "problem": problem,
        "older": rows[-1]["at"].isoformat() if len(rows) == trail.PER_PAGE else "",
        "query": "&".join(f"{name}={value}" for name, value in filters.items() if value),
    }
    return TemplateResponse(request, "operations/trail.html", context)


@page("trail/<str:label>/<int:history_id>/", name="audit_change", permission="operations.browse_history")
def audit_change(request: HttpRequest, label: str, history_id: int) -> HttpResponse:
    """One history row beside the one before it; declared personal data stays covered."""
    try:
        model = trail.history_of(label)
    except KeyError:
        raise Http404 from None
    row = model._default_manager.filter(history_id=history_id).first()
    if row is None:
        raise Http404
    context = {
        **site.each_context(request),
        "title": f"{model.instance_type._meta.verbose_name} {getattr(row, model.instance_type._meta.pk.attname)}",
        "row": row,
        "lines": trail.diff(trail.previous(row), row, hidden=covered(model.instance_type)),
    }
    return TemplateResponse(request, "operations/change.html", context)


def acts(filters: dict[str, str], before: Any) -> list[dict[str, Any]]:
    return [
        {
            "at": act.at,
            "what": act.verb,
            "who": act.actor_address or "command line",
            "why": act.reason,
            "object": f"{act.target_model} {act.target_id}",
            "url": "",
        }
        for act in trail.acts(filters, before)
    ]


def changes(kind: str, filters: dict[str, str], before: Any) -> list[dict[str, Any]]:
    return [
        {
            "at": row.history_date,
            "what": row.get_history_type_display(),
            "who": row.history_actor or "command line",
            "why": row.history_change_reason or "",
            "object": str(getattr(row, type(row).instance_type._meta.pk.attname)),
            "url": reverse("admin:audit_change", args=[kind, row.history_id]),
        }
        for row in trail.changes(kind, filters, before)
    ]


def covered(model: Any) -> frozenset[str]:
    """The columns of a model that are declared personal data, and so are not shown in a diff."""
    declaration = pii.registry.get(model)
    return frozenset(declaration.fields) if declaration is not None else frozenset()


def may_browse(request: HttpRequest) -> bool:
    return bool(request.user.has_perm("operations.browse_history"))  # type: ignore[union-attr]  # staff pages have a user


def is_key(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
