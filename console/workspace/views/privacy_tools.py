"""What an organisation's officers use beside single requests: find, rectify, holds and restrictions, the record."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from console.operations.privacy.correcting import choices, correct
from console.operations.privacy.looking import BY, earlier, look, open_request, who
from pii.models import DataRequest, Kind, LegalHold, Restriction
from pii.requests import lift, place_hold, release_hold, standing_restrictions
from pii.retention import record_of_processing
from tenancy import TenantRefused, system_scope
from tenancy.decorators import require_action
from tenancy.http import TenantRequest
from tenancy.roles import Action

from ..privacy import access_request_by_id

HERE = {name: label for name, label in BY.items() if name != "user"}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@require_action(Action.PRIVACY_MANAGE)
def privacy_find(request: TenantRequest) -> HttpResponse:
    """A map of what this organisation keeps of a person: where and how much, never a value; leads to a request."""
    lines: list[dict[str, Any]] | None = None
    requests: list[DataRequest] = []
    asked = {"by": request.POST.get("by", ""), "value": request.POST.get("value", "").strip()[:254]}
    if request.method == "POST":
        try:
            kind = request.POST.get("kind", "")
            if kind in Kind.values:
                made = open_request(kind, **asked, actor=request.user, tenant=request.tenant)
                messages.success(request, _("The request is entered."))
                return redirect("workspace_privacy_request", made.pk)
            lines = look(**asked, actor=request.user, tenant=request.tenant)
            requests = earlier(**asked, tenant=request.tenant)
        except TenantRefused as refused:
            messages.error(request, str(refused))
    context = {"lines": lines, "requests": requests, "by": list(HERE.items()), "kinds": Kind.choices, "asked": asked}
    return render(request, "workspace/privacy_find.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@require_action(Action.PRIVACY_MANAGE)
def privacy_rectify(request: TenantRequest, key: UUID) -> HttpResponse:
    """Correct one column of the person's own rows, with the request's number in the history."""
    asked = access_request_by_id(key, request.tenant)
    if asked.kind != Kind.RECTIFICATION or not asked.is_open:
        raise Http404
    if request.method == "POST":
        try:
            correct(asked, request.POST.get("target", ""), request.POST.get("value", "")[:2000], by=request.user)
        except TenantRefused as refused:
            messages.error(request, str(refused))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, _("Corrected."))
        return redirect("workspace_privacy_rectify", key)
    return render(request, "workspace/privacy_rectify.html", {"asked": asked, "groups": choices(asked)})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@require_action(Action.PRIVACY_MANAGE)
def privacy_kept(request: TenantRequest) -> HttpResponse:
    """Legal holds and restrictions of this organisation: place, release, lift."""
    if request.method == "POST":
        try:
            messages.success(request, _keep(request))
        except TenantRefused as refused:
            messages.error(request, str(refused))
        return redirect("workspace_privacy_kept")
    with system_scope(reason="an organisation's legal holds"):
        holds = list(LegalHold.objects.filter(tenant=request.tenant, released_at=None))
    restrictions = standing_restrictions(request.tenant)
    return render(request, "workspace/privacy_kept.html", {"holds": holds, "restrictions": restrictions})


def _keep(request: TenantRequest) -> str:
    data, act = request.POST, request.POST.get("act", "")
    reason = data.get("reason", "")
    if act == "place":
        until = data.get("until", "")
        try:
            end = parse_date(until) if until else None
        except ValueError:
            raise Http404 from None
        contact = data.get("contact", "").strip()
        row = who("contact", contact, tenant=request.tenant)["objects"][0] if contact else None
        place_hold(by=request.user, ground=reason, tenant=request.tenant, row=row, until=end)
        return _("The hold is placed.")
    model = {"release": LegalHold, "lift": Restriction}.get(act)
    if model is None:
        raise Http404
    with system_scope(reason="one of an organisation's holds or restrictions"):
        try:
            found: Any = model._base_manager.filter(pk=data.get("key", ""), tenant=request.tenant).first()
        except (ValidationError, ValueError):
            found = None
    if found is None:
        raise Http404
    if act == "release":
        release_hold(found, by=request.user, reason=reason)
        return _("Released.")
    lift(found, by=request.user, reason=reason)
    return _("The person was told, and the restriction is lifted.")


@require_safe
@require_action(Action.PRIVACY_MANAGE)
def privacy_record(request: TenantRequest) -> HttpResponse:
    """The record of processing activities (Art. 30) as far as it concerns this organisation."""
    assert request.tenant is not None
    return render(request, "workspace/privacy_record.html", {"lines": record_of_processing(request.tenant.pk)})
