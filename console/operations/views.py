"""Pages of the operations console that belong to no single model."""

from __future__ import annotations

from uuid import UUID

from django.contrib.admin.sites import site
from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from console.pages import page

from . import sessions, view_as_middleware
from .models import StaffSession
from .roles import ROLES


@page("roles/", name="staff_roles", permission="auth.view_group")
def staff_roles(request: HttpRequest) -> HttpResponse:
    """The matrix: which role may do what, as it stands in the database now."""
    groups = {group.name: group for group in Group.objects.prefetch_related("permissions__content_type")}
    held = {
        name: {f"{p.content_type.app_label}.{p.codename}": p.name for p in groups[name].permissions.all()}
        for name in ROLES
        if name in groups
    }
    labels = {label: words for permissions in held.values() for label, words in permissions.items()}
    rows = [
        {"label": label, "words": labels[label], "cells": [label in held[name] for name in held]}
        for label in sorted(labels)
    ]
    context = {
        **site.each_context(request),
        "title": _("What each staff role may do"),
        "roles": [{"name": name, "about": ROLES[name][0]} for name in held],
        "rows": rows,
    }
    return TemplateResponse(request, "operations/staff_roles.html", context)


@page("sessions/<uuid:key>/end/", name="end_session", permission="operations.open_session")
def end_session(request: HttpRequest, key: UUID) -> HttpResponse:
    """Close one's own staff session; a POST from the banner."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    session = get_object_or_404(StaffSession, pk=key, actor_id=request.user.pk)
    sessions.end_session(session, by=request.user)
    if session.viewing_as_id:
        request.session.pop(view_as_middleware.KEY, None)
    return HttpResponseRedirect(reverse("admin:tenant_page", args=[session.tenant_id]))
