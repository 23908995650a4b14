"""What the person's page shows at a glance."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pii.restricted import restriction_of
from tenancy.models import Invitation, UserTenantMembership

from .diagnosis import Finding, diagnose
from .models import AuditEvent
from .offers import offered
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
    rows = [
        Row(
            finding.what,
            finding.words,
            tone="good" if finding.is_fine else "bad",
            buttons=repairs(request, person, finding),
        )
        for finding in found
    ]
    broken = sum(not finding.is_fine for finding in found)
    return Content(rows, note="" if broken else "Nothing keeps this person out.")


def repairs(request: HttpRequest, person: Any, finding: Finding) -> tuple[dict[str, Any], ...]:
    """The dialogs that mend a finding, for those who may use them."""
    if finding.settings_of is not None:
        kwargs = {"object_id": finding.settings_of.pk, "group": "members"}
        path = reverse("admin:tenancy_tenant_settings_group", kwargs=kwargs)
        return ({"title": _("Settings of members"), "path": path, "dialog": False},)
    offers = (offered(request, finding.on or person, name) for name in finding.repairs)
    return tuple(offer for offer in offers if offer is not None)


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
    rows = [Row(_("Last seen"), session.last_seen_at) for session in found]
    return Content(rows) if rows else None


@panel("person", "sign-ins", _("Sign-ins"), "accounts.view_user")
def sign_ins(request: HttpRequest, person: Any) -> Content | None:
    verbs = {"account.signed_in": _("Signed in"), "account.sign_in_failed": _("Wrong password")}
    found = AuditEvent.objects.filter(target_id=str(person.pk), verb__in=verbs).order_by("-at", "-id")[:8]
    rows = [
        Row(verbs[event.verb], event.at, tone="" if event.verb == "account.signed_in" else "bad") for event in found
    ]
    return Content(rows) if rows else None


@panel("person", "mails", _("Mails sent"), "accounts.view_user")
def mails(request: HttpRequest, person: Any) -> Content | None:
    sent = AuditEvent.objects.filter(target_id=str(person.pk), verb="mail.sent").order_by("-at", "-id")[:8]
    lines = [(event.at, str(event.details.get("mail", "")).replace("_", " ").capitalize(), "") for event in sent]
    invited = Invitation.objects.filter(email=person.email).select_related("tenant").order_by("-created_at")[:8]
    for row in invited:
        words = f"Invitation to {row.tenant.slug}" + (f", {row.sent_count} times" if row.sent_count > 1 else "")
        lines.append((row.created_at, words, reverse("admin:tenancy_invitation_change", args=[row.pk])))
    lines.sort(key=lambda line: line[0], reverse=True)
    return Content([Row(words, at, url) for at, words, url in lines[:8]]) if lines else None


@panel("person", "privacy", _("Privacy"), "pii.enter_datarequest")
def privacy(request: HttpRequest, person: Any) -> Content:
    restriction = restriction_of(person)
    rows = [Row("Find", "everything kept about them", f"{reverse('admin:pii_find')}?by=user&value={person.pk}")]
    if restriction is not None:
        since = f"since {restriction.placed_at:%d %b %Y}, {restriction.request.number}"
        rows.append(Row("Restricted", since, reverse("admin:pii_restriction_change", args=[restriction.pk]), "bad"))
    return Content(rows)


@panel("person", "factors", _("Second factors"), "accounts.change_user")
def factors(request: HttpRequest, person: Any) -> Content | None:
    rows = [
        Row(factor.get_type_display(), factor.last_used_at or "never used")
        for factor in Authenticator.objects.filter(user=person).order_by("created_at")
    ]
    return Content(rows) if rows else None
