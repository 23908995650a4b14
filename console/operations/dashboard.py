"""The first page: numbers that each are a query and lead to a list, kept for a minute and dated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import Count
from django.db.models.functions import TruncWeek
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from console.models import JobRun, JobState
from pii.models import DataRequest
from tenancy.models import Invitation, Tenant, UserTenantMembership

from .models import AuditEvent
from .panels import Content

KEEP_SECONDS = 60
Query = Callable[[], int]


@dataclass(frozen=True, slots=True)
class Number:
    """One figure for those who hold `permission`: a query, and the list that shows what was counted."""

    name: str
    title: Any
    permission: str
    url: str  # name of a route, with a query string behind "?"
    count: Query
    is_alarming: bool = False  # whether anything above zero asks for somebody


_numbers: dict[str, Number] = {}


def number(name: str, title: Any, permission: str, url: str, *, is_alarming: bool = False) -> Callable[[Query], Query]:
    """Register a number of the dashboard; the function takes nothing and runs in staff scope."""

    def register(count: Query) -> Query:
        _numbers[name] = Number(name, title, permission, url, count, is_alarming)
        return count

    return register


def week() -> Any:
    return timezone.now() - timedelta(days=7)


@number("active", _("Active tenants"), "tenancy.view_tenant", "admin:tenancy_tenant_changelist?state__exact=active")
def active() -> int:
    return Tenant.objects.filter(state="active").count()


@number(
    "suspended", _("Suspended tenants"), "tenancy.view_tenant", "admin:tenancy_tenant_changelist?state__exact=suspended"
)
def suspended() -> int:
    return Tenant.objects.filter(state="suspended").count()


@number(
    "joined",
    _("New members in 7 days"),
    "tenancy.view_usertenantmembership",
    "admin:tenancy_usertenantmembership_changelist",
)
def joined() -> int:
    return int(UserTenantMembership.objects.filter(created_at__gte=week()).count())


@number("invited", _("Invitations of 7 days"), "tenancy.view_invitation", "admin:tenancy_invitation_changelist")
def invited() -> int:
    return int(Invitation.objects.filter(created_at__gte=week()).count())


@number("imports", _("Imports in 7 days"), "operations.view_auditevent", "admin:audit_browser?verb=members.imported")
def imports() -> int:
    return AuditEvent.objects.filter(verb="members.imported", at__gte=week()).count()


@number(
    "failing",
    _("Failed jobs"),
    "console.view_jobrun",
    "admin:console_jobrun_changelist?state__exact=failed",
    is_alarming=True,
)
def failing() -> int:
    return JobRun.objects.filter(state=JobState.FAILED).count()


@number("waiting", _("Jobs waiting"), "console.view_jobrun", "admin:console_jobrun_changelist?state__exact=waiting")
def waiting() -> int:
    return JobRun.objects.filter(state=JobState.WAITING).count()


@number(
    "due",
    _("Privacy requests due in 7 days"),
    "pii.view_datarequest",
    "admin:pii_datarequest_changelist",
    is_alarming=True,
)
def due() -> int:
    soon = timezone.now().date() + timedelta(days=7)
    return DataRequest.objects.filter(due_on__lte=soon).exclude(state__in=("done", "refused", "withdrawn")).count()


@number(
    "denied",
    _("Denied cross-tenant attempts in 7 days"),
    "operations.view_auditevent",
    "admin:audit_browser?verb=tenant.access_refused",
    is_alarming=True,
)
def denied() -> int:
    return AuditEvent.objects.filter(verb="tenant.access_refused", at__gte=week()).count()


def shown(request: HttpRequest) -> tuple[list[dict[str, Any]], Any]:
    """The numbers that the person may see, and the moment of the oldest of them."""
    figures, oldest = [], timezone.now()
    for entry in _numbers.values():
        if not request.user.has_perm(entry.permission):  # type: ignore[union-attr]  # staff pages have a user
            continue
        kept = cache.get(f"dashboard:{entry.name}")
        if kept is None:
            kept = (entry.count(), timezone.now())
            cache.set(f"dashboard:{entry.name}", kept, KEEP_SECONDS)
        value, at = kept
        oldest = min(oldest, at)
        route, _sep, query = entry.url.partition("?")
        url = reverse(route) + (f"?{query}" if query else "") if route else ""
        tone = "bad" if entry.is_alarming and value else ""
        figures.append({"title": entry.title, "value": value, "url": url, "tone": tone})
    return figures, oldest


def growth() -> list[tuple[str, int]]:
    """New memberships per week, the last twelve, oldest first."""
    today = timezone.now().date()
    weeks = [today - timedelta(days=today.weekday()) - timedelta(weeks=back) for back in range(11, -1, -1)]
    found = UserTenantMembership.objects.filter(created_at__date__gte=weeks[0]).order_by()
    counted = found.annotate(week=TruncWeek("created_at")).values("week").annotate(n=Count("id"))
    counts = {row["week"].date(): row["n"] for row in counted}
    return [(f"{week:%d %b}", counts.get(week, 0)) for week in weeks]


def chart(request: HttpRequest) -> Content | None:
    """The dashboard's chart, kept like its numbers."""
    if not request.user.has_perm("tenancy.view_usertenantmembership"):  # type: ignore[union-attr]  # staff
        return None
    bars: list[tuple[str, int]] = cache.get_or_set("dashboard:growth", growth, KEEP_SECONDS) or []
    return Content(bars=bars)


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Unfold's dashboard callback."""
    figures, oldest = shown(request)
    age = int((timezone.now() - oldest).total_seconds())
    return {**context, "figures": figures, "age": age, "keep": KEEP_SECONDS, "chart": chart(request)}
