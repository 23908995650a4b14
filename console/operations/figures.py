"""The numbers and charts of the overview; every one is a query, and leads to the list of what it counted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Count
from django.db.models.functions import TruncDate, TruncWeek
from django.utils.translation import gettext_lazy as _

from console.models import JobRun, JobState
from pii.models import DataRequest
from tenancy.db.report import isolation_report
from tenancy.models import Invitation, Tenant, TenantState, UserTenantMembership

from .dashboard import LIST_SPAN, SLOWLY, TRAIL_SPAN, chart, number, week
from .models import Approval, ApprovalState, AuditEvent

TENANTS, TRAIL = "admin:tenancy_tenant_changelist", "admin:audit_browser"
MEMBERS, INVITATIONS = "admin:tenancy_usertenantmembership_changelist", "admin:tenancy_invitation_changelist"
JOBS = "admin:console_jobrun_changelist"


@number("active", _("Active tenants"), "tenancy.view_tenant", f"{TENANTS}?state__exact=active")
def active(at: datetime) -> int:
    return Tenant.objects.filter(state=TenantState.ACTIVE).count()


@number("suspended", _("Suspended tenants"), "tenancy.view_tenant", f"{TENANTS}?state__exact=suspended")
def suspended(at: datetime) -> int:
    return Tenant.objects.filter(state=TenantState.SUSPENDED).count()


@number("archived", _("Archived tenants"), "tenancy.view_tenant", f"{TENANTS}?state__exact=archived")
def archived(at: datetime) -> int:
    return Tenant.objects.filter(state=TenantState.ARCHIVED).count()


@number("joined", _("New members in 7 days"), "tenancy.view_usertenantmembership", f"{MEMBERS}?{LIST_SPAN}")
def joined(at: datetime) -> int:
    return int(UserTenantMembership.objects.filter(created_at__gte=week(at), created_at__lte=at).count())


@number("invited", _("Invitations of 7 days"), "tenancy.view_invitation", f"{INVITATIONS}?{LIST_SPAN}")
def invited(at: datetime) -> int:
    return int(Invitation.objects.filter(created_at__gte=week(at), created_at__lte=at).count())


@number(
    "signups", _("Sign-ups in 7 days"), "operations.view_auditevent", f"{TRAIL}?verb=account.signed_up&{TRAIL_SPAN}"
)
def signups(at: datetime) -> int:
    return acts_of_a_week(at, "account.signed_up")


@number("imports", _("Imports in 7 days"), "operations.view_auditevent", f"{TRAIL}?verb=members.imported&{TRAIL_SPAN}")
def imports(at: datetime) -> int:
    return acts_of_a_week(at, "members.imported")


@number("waiting", _("Jobs waiting"), "console.view_jobrun", f"{JOBS}?state__exact=waiting")
def waiting(at: datetime) -> int:
    return JobRun.objects.filter(state=JobState.WAITING).count()


@number(
    "approvals",
    _("Approvals waiting"),
    "operations.view_approval",
    "admin:operations_approval_changelist?state__exact=asked&expires_at_from_0={day}&expires_at_from_1={time}",
)
def approvals(at: datetime) -> int:
    return Approval.objects.filter(state=ApprovalState.ASKED, expires_at__gte=at).count()


@number("failing", _("Failed jobs"), "console.view_jobrun", f"{JOBS}?state__exact=failed", is_alarming=True)
def failing(at: datetime) -> int:
    return JobRun.objects.filter(state=JobState.FAILED).count()


@number(
    "due",
    _("Privacy requests due in 7 days"),
    "pii.view_datarequest",
    "admin:pii_datarequest_changelist?due_on_to={in_a_week}",
    is_alarming=True,
)
def due(at: datetime) -> int:
    soon = at.date() + timedelta(days=7)
    return DataRequest.objects.filter(due_on__lte=soon).exclude(state__in=("done", "refused", "withdrawn")).count()


@number(
    "failures",
    _("Wrong passwords in 7 days"),
    "operations.view_auditevent",
    f"{TRAIL}?verb=account.sign_in_failed&{TRAIL_SPAN}",
)
def failures(at: datetime) -> int:
    return acts_of_a_week(at, "account.sign_in_failed")


@number(
    "denied",
    _("Denied cross-tenant attempts in 7 days"),
    "operations.view_auditevent",
    f"{TRAIL}?verb=tenant.access_refused&{TRAIL_SPAN}",
    is_alarming=True,
)
def denied(at: datetime) -> int:
    return acts_of_a_week(at, "tenant.access_refused")


@number(
    "holes",
    _("Holes in the isolation"),
    "operations.view_auditevent",
    "admin:isolation_report",
    is_alarming=True,
    keep=SLOWLY,
)
def holes(at: datetime) -> int:
    return len(isolation_report().holes)


def twelve_weeks(at: datetime) -> datetime:
    """Midnight of the Monday that begins the oldest of twelve weeks."""
    return first_of(at, days=at.weekday(), weeks=11)


def fourteen_days(at: datetime) -> datetime:
    """Midnight that begins the oldest of fourteen days."""
    return first_of(at, days=13)


def first_of(at: datetime, **back: int) -> datetime:
    """Midnight in UTC, so long before a moment."""
    return at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(**back)


@chart(
    "growth",
    _("New members by week"),
    "tenancy.view_usertenantmembership",
    f"{MEMBERS}?{LIST_SPAN}",
    start=twelve_weeks,
)
def growth(at: datetime) -> list[tuple[str, int]]:
    """The last twelve weeks, oldest first."""
    weeks = [twelve_weeks(at).date() + timedelta(weeks=number) for number in range(12)]
    found = UserTenantMembership.objects.filter(created_at__gte=twelve_weeks(at), created_at__lte=at).order_by()
    counted = found.annotate(week=TruncWeek("created_at", tzinfo=UTC)).values("week").annotate(n=Count("id"))
    counts = {row["week"].date(): row["n"] for row in counted}
    return [(f"{week:%d %b}", counts.get(week, 0)) for week in weeks]


@chart("states", _("Tenants by state"), "tenancy.view_tenant", TENANTS)
def states(at: datetime) -> list[tuple[str, int]]:
    counted = Tenant.objects.order_by().values("state").annotate(n=Count("id"))
    counts = {row["state"]: row["n"] for row in counted}
    alive = (TenantState.ACTIVE, TenantState.SUSPENDED, TenantState.ARCHIVED)
    return [(str(state.label), counts.get(state.value, 0)) for state in alive]


@chart(
    "wrong",
    _("Wrong passwords by day"),
    "operations.view_auditevent",
    f"{TRAIL}?verb=account.sign_in_failed&{TRAIL_SPAN}",
    start=fourteen_days,
)
def wrong(at: datetime) -> list[tuple[str, int]]:
    """The last fourteen days, oldest first."""
    days = [fourteen_days(at).date() + timedelta(days=number) for number in range(14)]
    found: Any = AuditEvent.objects.filter(verb="account.sign_in_failed", at__gte=fourteen_days(at), at__lt=at)
    counted = found.order_by().annotate(day=TruncDate("at", tzinfo=UTC)).values("day").annotate(n=Count("id"))
    counts = {row["day"]: row["n"] for row in counted}
    return [(f"{day:%d %b}", counts.get(day, 0)) for day in days]


def acts_of_a_week(at: datetime, verb: str) -> int:
    """How often something was done in the seven days before a moment."""
    return AuditEvent.objects.filter(verb=verb, at__gte=week(at), at__lt=at).count()
