"""Data-subject requests about this organisation's own records, for its privacy officers."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from console.operations.privacy.decisions import items_of
from pii.erase.review import passage
from pii.erase.verify import answer_review
from pii.export import start_export
from pii.identifiers import normal_email
from pii.models import DataRequest, ItemDecision, Kind, ReviewItem
from pii.plan import make_plan
from pii.requests import attest, receive
from pii.requests.identity import subject_of
from tenancy import TenantRefused, audit, system_scope
from tenancy.decorators import require_action
from tenancy.http import TenantRequest
from tenancy.roles import Action

from ..models import Contact
from ..privacy import access_request_by_id, package_of, signed_in_just_now
from ..privacy_verbs import VERBS, Wrong

PER_PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@require_action(Action.PRIVACY_MANAGE)
def privacy_list(request: TenantRequest) -> HttpResponse:
    """The organisation's requests, what is due first on top; a POST enters one."""
    assert request.tenant is not None
    if request.method == "POST":
        try:
            return redirect("workspace_privacy_request", _enter(request).pk)
        except TenantRefused as refused:
            messages.error(request, str(refused))
    with system_scope(reason="an organisation's privacy requests"):
        rows = list(DataRequest.objects.filter(tenant=request.tenant).order_by("finished_at", "due_on")[:PER_PAGE])
    return render(request, "workspace/privacy_list.html", {"rows": rows, "kinds": Kind.choices})


def _enter(request: TenantRequest) -> DataRequest:
    """Enter the posted request: about a contact, or about whoever has this address or number."""
    objects: list[Any] = []
    if request.POST.get("contact"):
        try:
            objects = [get_object_or_404(Contact, pk=UUID(request.POST["contact"]))]
        except ValueError:
            raise Http404 from None
    kind = request.POST.get("kind", "")
    if kind not in Kind.values:
        raise Http404
    made = receive(
        kind,
        by=request.user,
        tenant=request.tenant,
        objects=objects,
        emails=[value for value in [request.POST.get("email", "").strip()] if value],
        phones=[value for value in [request.POST.get("phone", "").strip()] if value],
        contact_name=request.POST.get("contact_name", "").strip()[:255],
        contact_email=_address(request.POST.get("contact_email", "")),
    )
    method = request.POST.get("method", "").strip()
    if method:
        attest(made, by=request.user, method=method)
        if kind == Kind.ACCESS:
            start_export(made, by=request.user)
        elif kind == Kind.ERASURE:
            make_plan(made, by=request.user)
    messages.success(request, _("The request is entered."))
    return made


def _address(text: str) -> str:
    """Where the answer goes; empty for what is no address."""
    return normal_email(text)[:254]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@require_action(Action.PRIVACY_MANAGE)
def privacy_request(request: TenantRequest, key: UUID) -> HttpResponse:
    """One request with its plan, steps and proof; a POST carries out one verb."""
    asked = access_request_by_id(key, request.tenant)
    if request.method == "POST":
        verb = VERBS.get(request.POST.get("verb", ""))
        if verb is None:
            raise Http404
        try:
            messages.success(request, verb(asked, request.user, request.POST))
        except (TenantRefused, Wrong) as refused:
            messages.error(request, str(refused))
        return redirect("workspace_privacy_request", key)
    with system_scope(reason="one of an organisation's privacy requests"):
        items = items_of(asked) if asked.kind == Kind.ERASURE else []
        context = {
            "asked": asked,
            "items": items,
            "others": [item for item in asked.items.all() if item.pk not in {entry["item"].pk for entry in items}],
            "grounds": ItemDecision.Ground.choices,
            "restriction": asked.restrictions.filter(lifted_at=None).first(),
            "retained": asked.report.get("retained", ()) if asked.state == "done" else (),
            "steps": list(asked.steps.all()),
            "events": list(asked.events.order_by("-id")),
            "open_reviews": asked.reviews.filter(answer=ReviewItem.Answer.OPEN).count(),
            "package": asked.packages.filter(purged_at=None).exclude(sha256="").first(),
        }
    return render(request, "workspace/privacy_request.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@require_action(Action.PRIVACY_MANAGE)
def privacy_review(request: TenantRequest, key: UUID) -> HttpResponse:
    """Found passages of this organisation's records, side by side; a POST answers one."""
    asked = access_request_by_id(key, request.tenant)
    with system_scope(reason="review found passages", actor=request.user):
        items = ReviewItem.objects.filter(request=asked, answer=ReviewItem.Answer.OPEN, tenant_key=asked.tenant_id)
        if request.method == "POST":
            number = request.POST.get("item", "")
            item = items.filter(pk=number).first() if number.isdigit() else None
            answer = request.POST.get("answer", "")
            if item is None or answer not in (ReviewItem.Answer.REDACTED, ReviewItem.Answer.KEPT):
                raise Http404
            try:
                answer_review(item, answer=answer, by=request.user)
            except TenantRefused as refused:
                messages.error(request, str(refused))
            return redirect("workspace_privacy_review", key)
        shown = list(items[:20])
        identifiers = subject_of(asked).identifiers if shown else None
        passages = [{"item": item, "passage": passage(item, identifiers)} for item in shown] if identifiers else []
        if passages:
            audit.record("privacy.passages_shown", by=request.user, tenant=asked.tenant_id, target=asked)
    return render(request, "workspace/privacy_review.html", {"asked": asked, "passages": passages})


@never_cache
@require_http_methods(["GET", "HEAD"])
@require_action(Action.PRIVACY_MANAGE)
def privacy_package(request: TenantRequest, key: UUID) -> HttpResponseBase:
    """The package; asks for the password again unless it was given a moment ago."""
    if not signed_in_just_now(request):
        query = urlencode({"next": request.get_full_path()})
        return redirect(f"{reverse('account_reauthenticate')}?{query}")
    return package_of(request, key)
