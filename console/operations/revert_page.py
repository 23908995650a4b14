"""The dialog of the way back: what was, what is, what changed in between; and the deleted row that returns."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.sites import site
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextareaWidget

from console.pages import page
from pii.masking import hides, viewer_of
from tenancy import TenantRefused

from .actors import named
from .naming import heading
from .trail.diff import HIDDEN
from .trail.moments import rows_of
from .trail.reverting import Way, differences, restore, revert, way_of
from .trail_pages import history_row

REVERT = "operations.revert_history"


class RevertForm(forms.Form):
    """Why, which fields, and what the person saw when they chose."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=500, widget=UnfoldAdminTextareaWidget(attrs={"rows": 2})
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)


@page("trail/<str:label>/<int:history_id>/revert/", name="audit_revert", permission=REVERT)
def audit_revert(request: HttpRequest, label: str, history_id: int) -> HttpResponse:
    """Give an object one field or more back, or bring it back once it is deleted; a GET shows, a POST acts."""
    row = history_row(label, history_id)
    way = allowed_way(request, label)
    model: Any = type(row).instance_type
    key = getattr(row, model._meta.pk.attname)
    newest = rows_of(label, str(key)).first()
    obj = model._default_manager.filter(pk=key).first()
    form = RevertForm(request.POST or None, initial={"seen": newest.history_id})
    problem = ""
    if request.method == "POST" and form.is_valid():
        why: dict[str, Any] = {"by": request.user, "reason": form.cleaned_data["reason"]}
        try:
            if obj is None:
                done = restore(newest, **why)
                messages.success(request, _("It is restored."))
            else:
                chosen = request.POST.getlist("fields")
                if not all(may_give(request, way, row, name) for name in chosen):
                    raise PermissionDenied
                done = revert(row, chosen, seen=form.cleaned_data["seen"], **why)
                messages.success(request, _("It is as it was."))
            return HttpResponseRedirect(reverse("admin:audit_object", args=[label, done.pk]))
        except TenantRefused as refusal:
            problem = str(refusal)
            form = RevertForm(initial={"seen": newest.history_id, "reason": form.cleaned_data["reason"]})
    lines = shown(request, way, row, obj) if obj is not None else []
    context = {
        **site.each_context(request),
        "title": heading(request, row),
        "row": row,
        "form": form,
        "problem": problem,
        "is_deleted": obj is None,
        "obstacle": way.why_not(row if obj is not None else newest, obj),
        "may_restore": way.restore is not None,
        "words": way.words,
        "where": way.where(row, obj) if way.where else None,
        "lines": lines,
        "may_revert": any(line["may"] for line in lines),
        "back": reverse("admin:audit_object", args=[label, key]),
    }
    return TemplateResponse(request, "operations/revert.html", context)


def allowed_way(request: HttpRequest, label: str) -> Way:
    """The way back of a kind. Raises Http404 where there is none and PermissionDenied for who may not change it."""
    way = way_of(label)
    if way is None:
        raise Http404
    if not request.user.has_perm(way.permission):  # type: ignore[union-attr]  # staff pages have a user
        raise PermissionDenied
    return way


def may_give(request: HttpRequest, way: Way, row: Any, name: str) -> bool:
    """Whether the person may give this field the value of the row."""
    need = way.needs(name, getattr(row, name, None))
    return not need or bool(request.user.has_perm(need))  # type: ignore[union-attr]  # staff pages have a user


def shown(request: HttpRequest, way: Way, row: Any, obj: Any) -> list[dict[str, Any]]:
    """The differences as the viewer may see them, each with the last change in between."""
    viewer, found = viewer_of(request), differences(row, obj)
    last_rows = [one.later[0] if one.later else None for one in found]
    who = named(request, [(last and last.history_user_id, last.history_actor if last else "") for last in last_rows])
    lines = []
    for one, last, words in zip(found, last_rows, who, strict=True):
        covered = hides(viewer, obj, one.name) or hides(viewer, row, one.name)
        lines.append(
            {
                "name": one.name,
                "then": HIDDEN if covered and one.then else one.then,
                "now": HIDDEN if covered and one.now else one.now,
                "times": len(one.later),
                "goes_back": one.goes_back,
                "may": one.goes_back and may_give(request, way, row, one.name),
                "is_conflict": one.is_conflict,
                "at": last.history_date if last else None,
                "who": words if last else "",
                "why": (last.history_change_reason or "") if last else "",
            }
        )
    return lines
