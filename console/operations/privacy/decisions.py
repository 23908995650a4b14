"""One page for every decision of an erasure: each organisation by name, and each item that must stay."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.admin.sites import site
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from console.pages import page
from pii import requests as verbs
from pii.models import DataRequest, ItemDecision, PlanItem
from tenancy import TenantRefused

from .panels import tenant_names


@page("privacy/requests/<uuid:key>/decisions/", name="pii_decisions", permission="pii.enter_datarequest")
@never_cache
def decisions(request: HttpRequest, key: UUID) -> HttpResponse:
    """A GET shows what is to be decided; a POST decides one organisation or one item, and the plan is made anew."""
    asked = get_object_or_404(DataRequest, pk=key)
    if request.method == "POST":
        try:
            decide(asked, request.POST, by=request.user)
        except TenantRefused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("Decided; the plan is made anew."))
        return redirect("admin:pii_decisions", key)
    items = items_of(asked)
    names = tenant_names([entry["item"].tenant_key for entry in items])
    context = {
        **site.each_context(request),
        "title": _("Decisions"),
        "asked": asked,
        "decisions": asked.decisions.select_related("tenant"),
        "items": [{**entry, "tenant": names.get(entry["item"].tenant_key, "")} for entry in items],
        "grounds": ItemDecision.Ground.choices,
    }
    return TemplateResponse(request, "admin/privacy/decisions.html", context)


def decide(asked: DataRequest, data: Any, *, by: Any) -> None:
    """Carry out one posted decision. Raises RequestRefused, and Http404 for an item that is not in the plan."""
    if data.get("act") == "tenant":
        decision = asked.decisions.filter(tenant__slug=data.get("tenant", "")).first()
        if decision is None:
            raise Http404
        answer = "refuse" if data.get("answer") == "refuse" else "carry_out"
        verbs.decide_tenant(asked, decision.tenant_id, answer=answer, by=by, ground=data.get("note", "").strip())
        return
    number = data.get("item", "")
    item = asked.items.filter(pk=number).first() if number.isdigit() else None
    if item is None:
        raise Http404
    if data.get("act") == "erase":
        verbs.erase_item(asked, item.model, item.tenant_key, by=by)
        return
    verbs.keep_item(
        asked,
        item.model,
        item.tenant_key,
        ground=data.get("ground", ""),
        note=data.get("note", ""),
        until=_date(data.get("until", "")),
        by=by,
    )


def items_of(asked: DataRequest) -> list[dict[str, Any]]:
    """The lines of the plan that may be kept singly, each with whether it is."""
    kept = set(asked.kept_items.values_list("model", "tenant_key"))
    rows = asked.items.exclude(tenant_key=None).exclude(action__in=[PlanItem.Action.REFUSE, PlanItem.Action.FOUND])
    return [
        {"item": item, "kept": (item.model.lower(), item.tenant_key) in kept}
        for item in rows
        if item.model.count(".") == 1  # not the columns that a declaration keeps
    ]


def _date(text: str) -> Any:
    try:
        return parse_date(text)
    except ValueError:
        return None
