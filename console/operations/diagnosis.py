"""Why can't this person get in? One list of the things that keep people out, each with the repair for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format

from console.accounts.lockout import locked_until
from tenancy import Role
from tenancy.joining import is_allowed_address
from tenancy.models import Invitation, Tenant, UserTenantMembership

from .models import AuditEvent

LISTED = 20


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: fine or not, in words, and the names of the dialogs that repair it.

    `on` is the object whose dialogs they are (the person where it is None); `settings_of` is a tenant whose settings
    are the repair.
    """

    what: str
    is_fine: bool
    words: str
    repairs: tuple[str, ...] = ()
    on: Any = None
    settings_of: Tenant | None = None


def diagnose(person: Any) -> list[Finding]:
    """Everything between this person and their work, in the order in which they meet it. Needs a wide scope."""
    return [
        *account(person),
        *password(person),
        *failures(person),
        *address(person),
        *factor(person),
        *sessions(person),
        *memberships(person),
        *invitations(person),
    ]


def account(person: Any) -> list[Finding]:
    words = "The account is active." if person.is_active else "The account is deactivated."
    return [Finding("Account", person.is_active, words, () if person.is_active else ("reactivate",))]


def password(person: Any) -> list[Finding]:
    if person.has_usable_password() or passkeys(person):
        return []
    words = "None was ever set: an imported person has none until they follow an invitation or a link."
    return [Finding("Password", False, words, ("send_link",))]


def failures(person: Any) -> list[Finding]:
    found = []
    until = locked_until(person)
    if until is not None:
        words = f"Too many wrong passwords: locked out until {short(until)}."
        found.append(Finding("Lock-out", False, words, ("unlock",)))
    recent = AuditEvent.objects.filter(
        target_id=str(person.pk), verb="account.sign_in_failed", at__gte=timezone.now() - timedelta(days=1)
    )
    times = list(recent.order_by("-at").values_list("at", flat=True)[:LISTED])
    if times:
        count = f"{LISTED} or more" if len(times) == LISTED else str(len(times))
        words = f"{count} wrong in 24 hours, the last one {short(times[0])}."
        found.append(Finding("Passwords typed", False, words, ("send_link",)))
    return found


def address(person: Any) -> list[Finding]:
    if EmailAddress.objects.filter(user=person, email=person.email, verified=True).exists():
        return [Finding("Address", True, "The address is verified.")]
    words = "The address was never verified. Misspelt, it never gets the mail: correct it."
    return [Finding("Address", False, words, ("send_link", "change_email"))]


def factor(person: Any) -> list[Finding]:
    held = Authenticator.objects.filter(user=person).exclude(type=Authenticator.Type.RECOVERY_CODES).exists()
    if held:
        return [Finding("Second factor", True, "One is set up. Lost? It can be taken away.", ("reset_second_factor",))]
    if person.is_staff and settings.STAFF_SECOND_FACTOR:
        return [Finding("Second factor", False, "Staff need one; the next sign-in leads to the set-up.")]
    return [Finding("Second factor", True, "None is set up.")]


def sessions(person: Any) -> list[Finding]:
    number = UserSession.objects.filter(user=person).count()
    words = f"Signed in in {number} browsers. Signing out everywhere mends a stuck one."
    return [Finding("Sessions", True, words, ("sign_out",))] if number else []


def memberships(person: Any) -> list[Finding]:
    rows = UserTenantMembership.objects.filter(user=person).select_related("tenant").order_by("tenant__name")
    has_factor = Authenticator.objects.filter(user=person).exists()
    found = [membership(person, row, has_factor) for row in rows[:LISTED]]
    return found or [Finding("Tenants", person.is_staff, "No membership in any tenant.")]


def membership(person: Any, row: UserTenantMembership, has_factor: bool) -> Finding:
    """The first thing that keeps the person out of one tenant."""
    name, tenant = f"Tenant {row.tenant.slug}", row.tenant
    if not row.is_active:
        return Finding(name, False, "The membership is inactive.", ("reactivate",), on=row)
    if tenant.state != "active":
        return Finding(name, False, f"The tenant is {tenant.state}.", ("restore",), on=tenant)
    if row.role != Role.OWNER and not is_allowed_address(person.email, tenant):
        words = "The tenant's allowed e-mail domains keep this address out."
        return Finding(name, False, words, settings_of=tenant)
    if tenant.config.sign_in.second_factor_required and not has_factor:
        words = "The tenant asks for a second factor and none is set up: the next visit leads to the set-up."
        return Finding(name, False, words)
    return Finding(name, True, f"Active as {row.role}.")


def invitations(person: Any) -> list[Finding]:
    open_ones = Invitation.objects.filter(email=person.email, accepted_at=None, revoked_at=None)
    return [
        Finding(
            f"Invitation to {row.tenant.slug}",
            False,
            f"Sent {short(row.created_at)} and not accepted yet." if row.is_open else "Expired.",
            ("resend",),
            on=row,
        )
        for row in open_ones.select_related("tenant")[:10]
    ]


def passkeys(person: Any) -> bool:
    """Whether the person can sign in without a password."""
    return bool(Authenticator.objects.filter(user=person, type=Authenticator.Type.WEBAUTHN).exists())


def short(moment: Any) -> str:
    """A moment in the viewer's zone."""
    return date_format(timezone.localtime(moment), "j M H:i")
