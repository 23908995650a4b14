"""What the person's page shows at a glance."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tenancy.models import UserTenantMembership

from .diagnosis import diagnose
from .panels import Content, Row, panel


@panel("person", "account", _("Account"), "accounts.view_user")
def account(request: HttpRequest, person: Any) -> Content:
    rows = [
        Row("Account", "Active" if person.is_active else "Inactive", tone="good" if person.is_active else "bad"),
        Row("Joined", person.date_joined),
        Row("Last sign-in", person.last_login or "never"),
        Row("Language, zone", f"{person.locale}, {person.time_zone}"),
    ]
    roles = [group.name for group in person.groups.all()]
    if person.is_staff:
        rows.append(Row("Staff", ", ".join(roles) or "without a role"))
    return Content([*rows, Row("Id", person.pk, tone="quiet")])


@panel("person", "why", _("Why can't this person get in?"), "accounts.view_user")
def why(request: HttpRequest, person: Any) -> Content:
    found = diagnose(person)
    rows = [Row(finding.what, finding.words, tone="good" if finding.is_fine else "bad") for finding in found]
    broken = sum(not finding.is_fine for finding in found)
    return Content(rows, note="" if broken else "Nothing keeps this person out.")


@panel("person", "memberships", _("Memberships"), "tenancy.view_usertenantmembership")
def memberships(request: HttpRequest, person: Any) -> Content | None:
    found = UserTenantMembership.objects.filter(user=person).select_related("tenant").order_by("tenant__name")[:50]
    rows = [
        Row(
            row.tenant.name,
            row.get_role_display() + ("" if row.is_active else " (inactive)"),  # type: ignore[attr-defined]  # choices
            reverse("admin:tenancy_usertenantmembership_change", args=[row.pk]),
            "" if row.is_active else "quiet",
        )
        for row in found
    ]
    return Content(rows) if rows else None


@panel("person", "sessions", _("Signed in"), "accounts.change_user")
def sessions(request: HttpRequest, person: Any) -> Content | None:
    found = UserSession.objects.filter(user=person).order_by("-last_seen_at")[:5]
    rows = [Row("Since", session.created_at) for session in found]
    return Content(rows) if rows else None


@panel("person", "factors", _("Second factors"), "accounts.change_user")
def factors(request: HttpRequest, person: Any) -> Content | None:
    rows = [
        Row(factor.get_type_display(), factor.last_used_at or "never used")
        for factor in Authenticator.objects.filter(user=person).order_by("created_at")
    ]
    return Content(rows) if rows else None
