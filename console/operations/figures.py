"""The numbers and charts of the overview; every one is a query, and leads to the list of what it counted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Count
from django.db.models.functions import TruncDate, TruncWeek
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from console.models import JobRun, JobState
from pii.models import DataRequest
from tenancy.db.report import isolation_report
from tenancy.models import Invitation, Tenant, TenantState, UserTenantMembership

from .dashboard import SLOWLY, chart, number, week
from .models import Approval, ApprovalState, AuditEvent

TENANTS, TRAIL = "admin:tenancy_tenant_changelist", "admin:audit_browser"
MEMBERS, INVITATIONS = "admin:tenancy_usertenantmembership_changelist", "admin:tenancy_invitation_changelist"
JOBS = "admin:console_jobrun_changelist"
SINCE = "created_at_from_0={week}"


@number("active", _("Active tenants"), "tenancy.view_tenant", f"{TENANTS}?state__exact=active")
def active() -> int:
    return Tenant.objects.filter(state=TenantState.ACTIVE).count()


@number("suspended", _("Suspended tenants"), "tenancy.view_tenant", f"{TENANTS}?state__exact=suspended")
def suspended() -> int:
    return Tenant.objects.filter(state=TenantState.SUSPENDED).count()


@number("archived", _("Archived tenants"), "tenancy.view_tenant", f"{TENANTS}?state__exact=archived")
def archived() -> int:
    return Tenant.objects.filter(state=TenantState.ARCHIVED).count()


@number("joined", _("New members in 7 days"), "tenancy.view_usertenantmembership", f"{MEMBERS}?{SINCE}")
def joined() -> int:
    return int(UserTenantMembership.objects.filter(created_at__gte=week()).count())


@number("invited", _("Invitations of 7 days"), "tenancy.view_invitation", INVITATIONS)
def invited() -> int:
    return int(Invitation.objects.filter(created_at__gte=week()).count())


@number("signups", _("Sign-ups in 7 days"), "operations.view_auditevent", f"{TRAIL}?verb=account.signed_up")
def signups() -> int:
    return acts_of_a_week("account.signed_up")


@number("imports", _("Imports in 7 days"), "operations.view_auditevent", f"{TRAIL}?verb=members.imported")
def imports() -> int:
    return acts_of_a_week("members.imported")


@number("waiting", _("Jobs waiting"), "console.view_jobrun", f"{JOBS}?state__exact=waiting")
def waiting() -> int:
    return JobRun.objects.filter(state=JobState.WAITING).count()


@number(
    "approvals",
    _("Approvals waiting"),
    "operations.view_approval",
    "admin:operations_approval_changelist?state__exact=asked",
)
def approvals() -> int:
    return Approval.objects.filter(state=ApprovalState.ASKED, expires_at__gt=timezone.now()).count()


@number("failing", _("Failed jobs"), "console.view_jobrun", f"{JOBS}?state__exact=failed", is_alarming=True)
def failing() -> int:
    return JobRun.objects.filter(state=JobState.FAILED).count()


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
    "failures",
    _("Wrong passwords in 7 days"),
    "operations.view_auditevent",
    f"{TRAIL}?verb=account.sign_in_failed",
)
def failures() -> int:
    return acts_of_a_week("account.sign_in_failed")


@number(
    "denied",
    _("Denied cross-tenant attempts in 7 days"),
    "operations.view_auditevent",
    f"{TRAIL}?verb=tenant.access_refused",
    is_alarming=True,
)
def denied() -> int:
    return acts_of_a_week("tenant.access_refused")


@number(
    "holes",
    _("Holes in the isolation"),
    "operations.view_auditevent",
    "admin:isolation_report",
    is_alarming=True,
    keep=SLOWLY,
)
def holes() -> int:
    return len(isolation_report().holes)


@chart("growth", _("New members by week"), "tenancy.view_usertenantmembership", MEMBERS)
def growth() -> list[tuple[str, int]]:
    """The last twelve weeks, oldest first."""
    today = timezone.now().date()
    weeks = [today - timedelta(days=today.weekday()) - timedelta(weeks=back) for back in range(11, -1, -1)]
    found = UserTenantMembership.objects.filter(created_at__date__gte=weeks[0]).order_by()
    counted = found.annotate(week=TruncWeek("created_at")).values("week").annotate(n=Count("id"))
    counts = {row["week"].date(): row["n"] for row in counted}
    return [(f"{week:%d %b}", counts.get(week, 0)) for week in weeks]


@chart("states", _("Tenants by state"), "tenancy.view_tenant", TENANTS)
def states() -> list[tuple[str, int]]:
    counted = Tenant.objects.order_by().values("state").annotate(n=Count("id"))
    counts = {row["state"]: row["n"] for row in counted}
    alive = (TenantState.ACTIVE, TenantState.SUSPENDED, TenantState.ARCHIVED)
    return [(str(state.label), counts.get(state.value, 0)) for state in alive]


@chart("wrong", _("Wrong passwords by day"), "operations.view_auditevent", f"{TRAIL}?verb=account.sign_in_failed")
def wrong() -> list[tuple[str, int]]:
    """The last fourteen days, oldest first."""
    today = timezone.now().date()
    days = [today - timedelta(days=back) for back in range(13, -1, -1)]
    found: Any = AuditEvent.objects.filter(verb="account.sign_in_failed", at__gte=timezone.now() - timedelta(days=14))
    counted = found.order_by().annotate(day=TruncDate("at")).values("day").annotate(n=Count("id"))
    counts = {row["day"]: row["n"] for row in counted}
    return [(f"{day:%d %b}", counts.get(day, 0)) for day in days]


def acts_of_a_week(verb: str) -> int:
    """How often something was done in seven days."""
    return AuditEvent.objects.filter(verb=verb, at__gte=week()).count()
