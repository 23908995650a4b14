"""The tenant's own audit log: who did what and why, support's visits included; and what changed in its records."""

from __future__ import annotations

from functools import reduce
from operator import or_
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from console.operations.models import AuditEvent
from tenancy.decorators import require_action
from tenancy.http import TenantRequest
from tenancy.roles import Action

from ..keys import starts_with
from ..paging import keyset_page
from ..people import actor_name, mark_actors, names_of
from ..timeline import recent_events
from ..verbs import KINDS, facts_of, words_of
from .contacts import parse_moment

PAGE_SIZE = 50


@require_GET
@require_action(Action.AUDIT_READ)
def activity(request: TenantRequest) -> HttpResponse:
    """Acts by default, changes of records with ``?show=records``."""
    if request.GET.get("show") == "records":
        return _records(request)
    assert request.tenant is not None
    kind = request.GET.get("kind", "")
    found = AuditEvent.objects.filter(tenant_key=request.tenant.pk)
    if kind in KINDS:
        found = found.filter(reduce(or_, (starts_with("verb", prefix) for prefix in KINDS[kind][1])))
    page = keyset_page(
        found,
        ("-at", "-id"),
        size=PAGE_SIZE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    named = [_person(event) for event in page.rows]
    names = names_of([*(event.actor_id for event in page.rows), *named])
    rows = [
        {
            "event": event,
            "actor": actor_name(event.actor_id, names),
            "words": words_of(event.verb),
            "subject": names.get(person, "") if person is not None and person != event.actor_id else "",
            "facts": facts_of(event.details),
        }
        for event, person in zip(page.rows, named, strict=True)
    ]
    context = {"rows": rows, "page": page, "kind": kind, "kinds": [(key, words[0]) for key, words in KINDS.items()]}
    return render(request, "workspace/activity.html", context | {"kept": f"kind={kind}" if kind in KINDS else ""})


def _records(request: TenantRequest) -> HttpResponse:
    before = parse_moment(request.GET.get("older"))
    events = recent_events(size=PAGE_SIZE + 1, before=before)
    older = events[PAGE_SIZE - 1].at.isoformat() if len(events) > PAGE_SIZE else ""
    events = events[:PAGE_SIZE]
    mark_actors(events, names_of(event.actor_id for event in events))
    return render(request, "workspace/activity_records.html", {"events": events, "older": older})


def _person(event: AuditEvent) -> UUID | None:
    try:
        return UUID(str(event.details.get("user", "")))
    except (ValueError, AttributeError):
        return None
