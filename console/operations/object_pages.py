"""The 360° pages of a tenant and of a person: where support lands; the edit form comes second."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.admin.sites import site
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.dateparse import parse_datetime

from console.pages import page
from tenancy import audit
from tenancy.models import Tenant

from . import person_panels as person_panels
from . import timeline_sources as timeline_sources
from .models import StaffNote
from .panels import filled
from .privacy.seen import seen
from .role_chart import members_by_role as members_by_role
from .tenant_panels import notes_about
from .timeline import PER_PAGE, kinds, timeline
from .trail.sources import HISTORY


class NoteForm(forms.Form):
    """A note of staff to staff."""

    text = forms.CharField(max_length=2000, widget=forms.Textarea(attrs={"rows": 2}), label="Note")
    is_pinned = forms.BooleanField(required=False, label="Pin: warn whoever opens this page")


@page("tenants/<uuid:key>/", name="tenant_page", permission="tenancy.view_tenant")
def tenant_page(request: HttpRequest, key: UUID) -> HttpResponse:
    """One tenant, all that matters of it."""
    tenant = get_object_or_404(Tenant, pk=key)
    return show(request, "tenant", tenant, tenant.name, f"Tenant · {tenant.slug}")


@page("people/<uuid:key>/", name="person_page", permission="accounts.view_user")
def person_page(request: HttpRequest, key: UUID) -> HttpResponse:
    """One person, all that matters of them."""
    person = get_object_or_404(get_user_model(), pk=key)
    title, address = seen(request, person, "full_name", "email"), seen(request, person, "email")
    return show(request, "person", person, title, f"Person · {address}")


def show(request: HttpRequest, kind: str, obj: Any, title: str, subtitle: str) -> HttpResponse:
    """Draw a page, or take the note that was posted to it."""
    about = {"tenant" if kind == "tenant" else "user": obj}
    form = NoteForm(request.POST or None)
    if request.method == "POST":
        if not request.user.has_perm("operations.add_note"):  # type: ignore[union-attr]  # staff pages have a user
            raise PermissionDenied
        if form.is_valid():
            note = StaffNote.objects.create(author_id=request.user.pk, **about, **form.cleaned_data)
            audit.record("note.written", by=request.user, tenant=obj if kind == "tenant" else None, target=note)
            messages.success(request, "The note is kept.")
            return HttpResponseRedirect(request.path)
    model_admin: Any = site._registry[type(obj)]
    request.__dict__.setdefault("_objects", {})[(type(obj), str(obj.pk))] = obj  # whose buttons are asked for
    opts = type(obj)._meta
    entries = timeline(
        kind,
        request,
        obj,
        kind=request.GET.get("kind", ""),
        before=parse_datetime(request.GET.get("before", "")) if request.GET.get("before") else None,
    )
    context = {
        **site.each_context(request),
        "title": title,
        "subtitle": subtitle,
        "opts": None,
        "object": obj,
        "page_actions": model_admin._get_actions_navigation(
            model_admin.actions_detail, model_admin.get_actions_detail(request, str(obj.pk)), str(obj.pk)
        ),
        "edit_url": reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[obj.pk]),
        "may_edit": model_admin.has_change_permission(request, obj),
        "history_url": reverse("admin:audit_object", args=[opts.label_lower, obj.pk])
        if request.user.has_perm(HISTORY)  # type: ignore[union-attr]  # staff
        else "",
        "panels": list(filled(kind, request, obj)),
        "notes": notes_about(**about),
        "may_note": request.user.has_perm("operations.add_note"),  # type: ignore[union-attr]  # staff
        "form": form,
        "timeline": entries,
        "kinds": kinds(kind, request),
        "kind": request.GET.get("kind", ""),
        "older": entries[-1].at.isoformat() if len(entries) == PER_PAGE else "",
    }
    return TemplateResponse(request, "operations/object_page.html", context)
