"""Why can't this person get in? One list of the things that keep people out, each with the one repair for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings

from tenancy.models import Invitation, UserTenantMembership


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: fine or not, in words, and the name of the dialog that repairs it."""

    what: str
    is_fine: bool
    words: str
    repair: str = ""


def diagnose(person: Any) -> list[Finding]:
    """Everything between this person and their work, in the order in which they meet it. Needs a wide scope."""
    return [*account(person), *address(person), *factor(person), *memberships(person), *invitations(person)]


def account(person: Any) -> list[Finding]:
    words = "The account is active." if person.is_active else "The account is deactivated."
    found = [Finding("Account", person.is_active, words, "" if person.is_active else "reactivate")]
    if not person.has_usable_password() and not passkeys(person):
        words = "No password was ever set: the person sets one by “Forgot your password?”."
        found.append(Finding("Password", False, words))
    return found


def address(person: Any) -> list[Finding]:
    proved = EmailAddress.objects.filter(user=person, email=person.email, verified=True).exists()
    words = (
        "The address is verified." if proved else "The address was never verified; a mistyped one never gets the mail."
    )
    return [Finding("Address", proved, words, "" if proved else "change_email")]


def factor(person: Any) -> list[Finding]:
    held = Authenticator.objects.filter(user=person).exclude(type=Authenticator.Type.RECOVERY_CODES).exists()
    if held:
        return [Finding("Second factor", True, "One is set up. Lost? It can be taken away.", "reset_second_factor")]
    if person.is_staff and settings.STAFF_SECOND_FACTOR:
        return [Finding("Second factor", False, "Staff need one; the next sign-in leads to the set-up.")]
    return [Finding("Second factor", True, "None is set up, none is needed.")]


def memberships(person: Any) -> list[Finding]:
    rows = UserTenantMembership.objects.filter(user=person).select_related("tenant").order_by("tenant__name")
    found = []
    for row in rows:
        name = f"Tenant {row.tenant.slug}"
        if not row.is_active:
            found.append(Finding(name, False, "The membership is inactive: reactivate it on its page."))
        elif row.tenant.state != "active":
            found.append(Finding(name, False, f"The tenant is {row.tenant.state}."))
        else:
            found.append(Finding(name, True, f"Active as {row.role}."))
    return found or [Finding("Tenants", person.is_staff, "No membership in any tenant.")]


def invitations(person: Any) -> list[Finding]:
    open_ones = Invitation.objects.filter(email=person.email, accepted_at=None, revoked_at=None).select_related(
        "tenant"
    )
    return [
        Finding(
            f"Invitation to {row.tenant.slug}",
            False,
            "Sent and not accepted yet." if row.is_open else "Expired: send it again on its page.",
        )
        for row in open_ones[:10]
    ]


def passkeys(person: Any) -> bool:
    """Whether the person can sign in without a password."""
    return bool(Authenticator.objects.filter(user=person, type=Authenticator.Type.WEBAUTHN).exists())
