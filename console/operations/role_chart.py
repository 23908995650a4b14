"""Members of a tenant by role, week by week: today's numbers, walked back along the history of the memberships."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenancy import Role
from tenancy.models import Tenant, UserTenantMembership

from . import tenant_panels as tenant_panels  # what the page shows first
from .panels import Content, panel

WEEKS = 12
MOST = 5_000  # changes that are walked; weeks before them are left out


@panel("tenant", "growth", _("Members by role"), "tenancy.view_usertenantmembership")
def members_by_role(request: HttpRequest, tenant: Tenant) -> Content | None:
    """The last twelve weeks, oldest first; none where there never was a member."""
    weeks = role_counts(tenant)
    if not any(count for _monday, counts in weeks for count in counts.values()):
        return None
    series = {str(role.label): [counts[role.value] for _monday, counts in weeks] for role in Role}
    series = {name: numbers for name, numbers in series.items() if any(numbers)}
    return Content(bars=[(f"{monday:%d %b}", sum(counts.values())) for monday, counts in weeks], series=series)


def role_counts(tenant: Tenant) -> list[tuple[date, Counter[str]]]:
    """(Monday, active members by role at the end of that week), oldest first."""
    today = timezone.localdate()
    mondays = [today - timedelta(days=today.weekday()) - timedelta(weeks=back) for back in range(WEEKS)]
    changes, known_from = changes_since(tenant, mondays[-1])
    members = UserTenantMembership.objects.filter(tenant=tenant, is_active=True).order_by()
    counts = Counter({row["role"]: row["n"] for row in members.values("role").annotate(n=Count("id"))})
    found: list[tuple[date, Counter[str]]] = []
    for monday in mondays:
        if monday < known_from:
            break
        found.append((monday, Counter(counts)))
        counts.subtract(changes[monday])
    return found[::-1]


def changes_since(tenant: Tenant, start: date) -> tuple[dict[date, Counter[str]], date]:
    """What each week added to every role (less what it took), and the first Monday from which all changes are known."""
    history: Any = UserTenantMembership.history  # type: ignore[attr-defined]  # simple-history
    before = history.filter(id=OuterRef("id")).filter(
        Q(history_date__lt=OuterRef("history_date"))
        | Q(history_date=OuterRef("history_date"), history_id__lt=OuterRef("history_id"))
    )
    before = before.order_by("-history_date", "-history_id")
    moment = timezone.make_aware(datetime.combine(start, time.min))
    rows = history.filter(tenant=tenant, history_date__gte=moment).order_by("-history_date", "-history_id")
    rows = rows.annotate(
        old_role=Subquery(before.values("role")[:1]), old_active=Subquery(before.values("is_active")[:1])
    )
    found = list(
        rows.values_list("history_date", "history_type", "role", "is_active", "old_role", "old_active")[: MOST + 1]
    )
    weeks: dict[date, Counter[str]] = defaultdict(Counter)
    for at, kind, role, is_active, old_role, was_active in found[:MOST]:
        monday = monday_of(at)
        if is_active and kind != "-":
            weeks[monday][role] += 1
        if was_active:
            weeks[monday][old_role] -= 1
    return weeks, monday_of(found[MOST][0]) + timedelta(weeks=1) if len(found) > MOST else start


def monday_of(moment: datetime) -> date:
    """The Monday of a moment's week, in the viewer's zone."""
    day = timezone.localtime(moment).date()
    return day - timedelta(days=day.weekday())
