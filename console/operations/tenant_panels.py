"""What the tenant's page shows at a glance."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from console.models import FINISHED, JobRun, JobState
from tenancy import Role
from tenancy.models import Invitation, Tenant, UserTenantMembership
from tenancy.purge import purgeable_from

from .models import StaffNote
from .panels import Content, Row, panel
from .privacy.seen import seen


@panel("tenant", "state", _("State"), "tenancy.view_tenant")
def state(request: HttpRequest, tenant: Tenant) -> Content:
    tone = {"active": "good", "suspended": "warn", "archived": "bad", "purged": "quiet"}[tenant.state]
    rows = [Row("State", tenant.get_state_display(), tone=tone), Row("Slug", tenant.slug)]  # type: ignore[attr-defined]
    if tenant.suspended_reason:
        rows.append(Row("Reason", tenant.suspended_reason))
    if tenant.suspended_until:
        rows.append(Row("Until", tenant.suspended_until))
    if tenant.archived_at:
        rows.append(Row(_("Archived"), tenant.archived_at))
        rows.append(Row(_("May be purged from"), purgeable_from(tenant)))
    return Content([*rows, Row("Since", tenant.created_at), Row("Id", tenant.pk, tone="quiet")])


@panel("tenant", "owners", _("Owners"), "tenancy.view_usertenantmembership")
def owners(request: HttpRequest, tenant: Tenant) -> Content | None:
    found = UserTenantMembership.objects.filter(tenant=tenant, role=Role.OWNER, is_active=True).select_related("user")
    rows = [
        Row(
            seen(request, owner.user, "full_name", "email"),
            seen(request, owner.user, "email"),
            reverse("admin:person_page", args=[owner.user_id]),
        )
        for owner in found.order_by("created_at", "id")[:5]
    ]
    return Content(rows) if rows else None


@panel("tenant", "members", _("Members"), "tenancy.view_usertenantmembership")
def members(request: HttpRequest, tenant: Tenant) -> Content:
    found = UserTenantMembership.objects.filter(tenant=tenant)
    counts = {
        (row["role"], row["is_active"]): row["n"] for row in found.values("role", "is_active").annotate(n=Count("id"))
    }
    where = reverse("admin:tenancy_usertenantmembership_changelist") + f"?tenant__id__exact={tenant.pk}"
    rows = [Row(role.label, counts.get((role.value, True), 0), f"{where}&role__exact={role.value}") for role in Role]
    asleep = sum(n for (_role, active), n in counts.items() if not active)
    rows.append(Row("Inactive", asleep, f"{where}&is_active__exact=0", "quiet"))
    if not counts.get((Role.OWNER.value, True)):
        rows.append(Row("Owner", "Nobody is owner yet: assign one.", tone="warn"))
    return Content(rows, more=where)


@panel("tenant", "invitations", _("Open invitations"), "tenancy.view_invitation")
def invitations(request: HttpRequest, tenant: Tenant) -> Content | None:
    pending = Invitation.objects.filter(tenant=tenant, accepted_at=None, revoked_at=None).order_by("-created_at")[:6]
    rows = [
        Row(
            invitation.get_role_display(),  # type: ignore[attr-defined]  # choices
            seen(request, invitation, "email"),
            reverse("admin:tenancy_invitation_change", args=[invitation.pk]),
            "" if invitation.is_open else "warn",
        )
        for invitation in pending
    ]
    return Content(rows) if rows else None


@panel("tenant", "jobs", _("Jobs under way"), "console.view_jobrun")
def jobs(request: HttpRequest, tenant: Tenant) -> Content | None:
    running = JobRun.objects.filter(tenant=tenant).exclude(state__in=FINISHED)[:5]
    rows = [
        Row(run.name, progress_words(run), reverse("admin:console_jobrun_change", args=[run.pk])) for run in running
    ]
    return Content(rows) if rows else None


def progress_words(run: JobRun) -> str:
    """The state, and how far a job is that is under way and knows its total: a job that waits has no share yet."""
    state = str(run.get_state_display())  # type: ignore[attr-defined]  # choices
    return state if run.state == JobState.WAITING or run.percent is None else f"{state}, {run.percent} %"


@panel("tenant", "sign-ins", _("Last sign-ins"), "accounts.view_user")
def sign_ins(request: HttpRequest, tenant: Tenant) -> Content | None:
    found = UserTenantMembership.objects.filter(tenant=tenant, user__last_login__isnull=False).select_related("user")
    rows = [
        Row(
            seen(request, member.user, "email"),
            member.user.last_login,
            reverse("admin:person_page", args=[member.user_id]),
        )
        for member in found.order_by("-user__last_login")[:5]
    ]
    return Content(rows) if rows else None


def notes_about(**about: Any) -> list[StaffNote]:
    """Notes on a tenant or a person, pinned ones first."""
    return list(StaffNote.objects.filter(**about).select_related("author")[:20])
