"""Where people land: the start page of a tenant, and the choice between several."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render

from tenancy.decorators import require_tenant_access
from tenancy.http import TenantRequest
from tenancy.resolvers import SESSION_KEY
from tenancy.roles import MINIMUM_ROLE, Action, Role, can

from ..memberships import tenant_url, tenants_of
from ..models import Contact, Tag
from ..people import called, mark_actors, names_of
from ..timeline import recent_events

MOST_COUNTED = 1_000


@login_required
def home(request: TenantRequest) -> HttpResponse:
    """The tenant's start page where the address names one; otherwise on to the right one.

    The last tenant used, or the only one; a choice where there are several; staff without a tenant go to the console.
    """
    if request.tenant is not None and request.tenant_named is not None and request.tenant_named.by_url:
        return start(request)
    held = tenants_of(request.user, most=2)
    last = request.session.get(SESSION_KEY)
    if request.tenant is not None and last == request.tenant.slug:
        return redirect(tenant_url(request, request.tenant.slug))
    if request.user.is_staff and not held:
        return redirect("admin:index")
    if len(held) == 1:
        return redirect(tenant_url(request, held[0].tenant.slug))
    return redirect("workspace_choose")


@login_required
def choose(request: TenantRequest) -> HttpResponse:
    """The tenants of a person; one who has none is told what to do."""
    held = tenants_of(request.user)
    rows = [
        {"membership": one, "role": Role(one.role).label, "url": tenant_url(request, one.tenant.slug)} for one in held
    ]
    return render(request, "workspace/choose.html", {"rows": rows})


@require_tenant_access
def start(request: TenantRequest) -> HttpResponse:
    """What is new in this tenant."""
    assert request.tenant_membership is not None
    newest = list(Contact.objects.order_by("-created_at", "-id")[:5])
    events = recent_events(size=10)
    mark_actors(events, names_of(event.actor_id for event in events))
    # Never the whole table; in the order of an index, or other tenants' rows may be read on the way.
    counted = Contact.objects.order_by("-created_at", "-id").values("pk")[: MOST_COUNTED + 1].count()
    return render(
        request,
        "workspace/home.html",
        {
            "newest": newest,
            "events": events,
            "contacts": f"{MOST_COUNTED:,}+" if counted > MOST_COUNTED else f"{counted:,}",
            "tags": Tag.objects.order_by("name_key")[:30],
            "person": called(request.tenant_membership),
        },
    )


@require_tenant_access
def matrix(request: TenantRequest) -> HttpResponse:
    """What each role may do, read from the one truth table."""
    roles = sorted(Role, key=lambda role: role.rank)
    rows = [
        {"action": action, "least": MINIMUM_ROLE[action], "cells": [(role, can(role, action)) for role in roles]}
        for action in Action
    ]
    return render(request, "workspace/matrix.html", {"roles": roles, "rows": rows})
