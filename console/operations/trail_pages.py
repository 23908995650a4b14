"""Pages of the trail: the browser, and one change side by side."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.admin.sites import site
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from console.pages import page
from pii.masking import hides, viewer_of
from tenancy import TenantScopeRequired

from . import trail
from .actors import named
from .naming import heading
from .trail.browse import Place
from .trail.sources import HISTORY, Entry, Source
from .trail_filters import MOMENTS, TEXTS, Read, read_filters


@page("trail/", name="audit_browser", permission="operations.view_auditevent")
def audit_browser(request: HttpRequest) -> HttpResponse:
    """Acts and histories by tenant, person, actor, kind, time, reason, request; newest first."""
    read = read_filters(request.GET)
    listed, older = entries_of(request, read)
    query = {name: value for name, value in read.typed.items() if value}
    context = {
        **site.each_context(request),
        "title": _("Trail"),
        "rows": lines(request, listed),
        "texts": [(name, read.typed[name]) for name in TEXTS],
        "moments": [(name, read.typed[name]) for name in MOMENTS],
        "kind": read.kind,
        "kinds": [(source.kind, source.label) for source in trail.may_see(request)],
        "problems": read.problems,
        "filtered": len(query),
        "older": urlencode({**query, "before": str(older)}) if older else "",
        "reached": older.at if older and len(listed) < trail.PER_PAGE else None,
        "newest": urlencode(query) if read.wanted.place else "",
        "query": urlencode(query),
    }
    return TemplateResponse(request, "operations/trail.html", context)


def entries_of(request: HttpRequest, read: Read) -> tuple[list[Entry], Place | None]:
    """The page of entries that was asked for; what stands in the way is added to the problems."""
    chosen = chosen_sources(request, read.kind)
    if read.problems:
        return [], None
    try:
        return trail.browse(chosen, read.wanted)
    except TenantScopeRequired:
        words = _("These rows are a tenant's own records: open a staff session for that tenant first.")
        read.problems.append(words)
        return [], None


def chosen_sources(request: HttpRequest, kind: str) -> list[Source]:
    """The sources of one kind, or all in sight. Raises Http404 for an unknown kind and PermissionDenied."""
    if not kind:
        return [source for source in trail.may_see(request) if source.is_in_sight]
    if kind not in trail.sources():
        raise Http404
    source = trail.sources()[kind]
    if not request.user.has_perm(source.permission):  # type: ignore[union-attr]  # staff pages have a user
        raise PermissionDenied
    return [source]


def lines(request: HttpRequest, listed: list[Entry]) -> list[dict[str, Any]]:
    """Entries as the viewer may read them."""
    who = named(request, [(entry.actor_id, entry.actor_address) for entry in listed])
    browses = request.user.has_perm(HISTORY)  # type: ignore[union-attr]  # staff pages have a user
    return [
        {
            "at": entry.at,
            "what": entry.what,
            "who": words,
            "why": entry.why,
            "model": entry.object_model,
            "object": entry.object_id,
            "object_url": object_url(entry) if browses else "",
            "request": entry.request,
            "url": entry.url,
        }
        for entry, words in zip(listed, who, strict=True)
    ]


def object_url(entry: Entry) -> str:
    """The page of the object as of a moment, where it keeps a history."""
    if entry.object_id and entry.object_model in trail.tracked_models():
        return reverse("admin:audit_object", args=[entry.object_model, entry.object_id])
    return ""


@page("trail/<str:label>/<int:history_id>/", name="audit_change", permission=HISTORY)
def audit_change(request: HttpRequest, label: str, history_id: int) -> HttpResponse:
    """One history row beside the one before it; masked as everywhere."""
    row = history_row(label, history_id)
    model = type(row).instance_type
    key = getattr(row, model._meta.pk.attname)
    context = {
        **site.each_context(request),
        "title": heading(request, row),
        "row": row,
        "who": named(request, [(row.history_user_id, row.history_actor)])[0],
        "object_url": reverse("admin:audit_object", args=[label, key]),
        "lines": trail.diff(trail.previous(row), row, hides=lambda row, name: hides(viewer_of(request), row, name)),
    }
    return TemplateResponse(request, "operations/change.html", context)


def history_row(label: str, history_id: int) -> Any:
    """One history row. Raises Http404 for one that is not there, or not in sight."""
    try:
        row = trail.history_of(label)._default_manager.filter(history_id=history_id).first()
    except (KeyError, TenantScopeRequired):
        raise Http404 from None
    if row is None:
        raise Http404
    return row
