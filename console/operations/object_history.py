"""The page of one object's history: what it was at any moment beside what it is now."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.admin.sites import site
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from console.pages import page
from pii.masking import hides, viewer_of
from tenancy import TenantScopeRequired

from . import trail
from .naming import heading
from .revert_page import REVERT
from .trail.browse import Wanted
from .trail.moments import as_of, rows_of
from .trail.related import ties
from .trail.reverting import way_of
from .trail.sources import HISTORY
from .trail_filters import moment
from .trail_pages import chosen_sources, lines


@page("trail/<str:label>/object/<str:key>/", name="audit_object", permission=HISTORY)
def audit_object(request: HttpRequest, label: str, key: str) -> HttpResponse:
    """One object as of a moment beside the present, and its changes."""
    if label not in trail.tracked_models():
        raise Http404
    asked = request.GET.get("at", "").strip()
    at = moment(asked)
    try:
        newest, then = rows_of(label, key).first(), as_of(label, key, at)
        listed, older = trail.browse(chosen_sources(request, label), Wanted({"object": key}))
    except TenantScopeRequired:
        raise Http404 from None
    if newest is None:
        raise Http404
    viewer = viewer_of(request)

    def covers(row: Any, name: str) -> bool:
        return hides(viewer, row, name)

    way = way_of(label)
    may_go_back = way is not None and all(request.user.has_perm(name) for name in (REVERT, way.permission))  # type: ignore[union-attr]  # staff pages have a user
    context = {
        **site.each_context(request),
        "title": heading(request, newest),
        "asked": asked,
        "problem": _("“at” wants a date.") if asked and at is None else "",
        "at": at,
        "then": then,
        "newest": newest,
        "was_deleted": then is not None and then.history_type == "-",
        "is_deleted": newest.history_type == "-",
        "lines": trail.diff(then if at and then else newest, newest, hides=covers, whole=True),
        "ties": ties(newest, at, hides=covers),
        "rows": lines(request, listed),
        "older": urlencode({"kind": label, "object": key, "before": str(older)}) if older else "",
        "revert_row": then if at and then is not None and newest.history_type != "-" else None,
        "restore_row": newest if newest.history_type == "-" and may_go_back else None,
        "may_revert": may_go_back,
        "label": label,
        "key": key,
    }
    return TemplateResponse(request, "operations/object_history.html", context)
