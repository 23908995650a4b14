"""How much a verb touches, counted when its dialog opens: said before anybody confirms."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenancy import Role
from tenancy.models import Invitation, Tenant, UserTenantMembership


def active_members(tenant: Tenant) -> int:
    """How many people may enter."""
    return int(UserTenantMembership.objects.filter(tenant=tenant, is_active=True).count())


def members_shut_out(tenant: Tenant) -> str:
    n = active_members(tenant)
    return ngettext("%(n)d member loses access at once.", "%(n)d members lose access at once.", n) % {"n": n}


def members_let_in(tenant: Tenant) -> str:
    n = active_members(tenant)
    return ngettext("%(n)d member can enter again.", "%(n)d members can enter again.", n) % {"n": n}


def members_gone(tenant: Tenant) -> str:
    n = UserTenantMembership.objects.filter(tenant=tenant).count()
    return ngettext("%(n)d membership goes with it.", "%(n)d memberships go with it.", n) % {"n": n}


def owners_told(tenant: Tenant) -> str:
    n = owners(tenant)
    return ngettext("It has %(n)d owner.", "It has %(n)d owners.", n) % {"n": n}


def owners(tenant: Tenant) -> int:
    """How many active owners there are."""
    return int(UserTenantMembership.objects.filter(tenant=tenant, role=Role.OWNER, is_active=True).count())


def members_left(membership: UserTenantMembership) -> str:
    """What stays of a tenant without this member."""
    n = active_members(membership.tenant) - 1
    words = ngettext("%(n)d active member stays.", "%(n)d active members stay.", n) % {"n": n}
    if membership.role == Role.OWNER and owners(membership.tenant) < 2:
        words += " " + _("This is the only owner: transfer the ownership first.")
    return words


def sessions_ending(person: Any) -> str:
    n = UserSession.objects.filter(user=person).count()
    return ngettext("%(n)d session ends.", "%(n)d sessions end.", n) % {"n": n}


def account_closing(person: Any) -> str:
    """Sessions that end, and tenants that the person can no longer enter."""
    n = UserTenantMembership.objects.filter(user=person, is_active=True).count()
    tenants = ngettext("%(n)d tenant loses this member.", "%(n)d tenants lose this member.", n) % {"n": n}
    return f"{sessions_ending(person)} {tenants}"


def account_opening(person: Any) -> str:
    n = UserTenantMembership.objects.filter(user=person, is_active=True).count()
    return ngettext("%(n)d tenant opens again.", "%(n)d tenants open again.", n) % {"n": n}


def factors_going(person: Any) -> str:
    """Factors that are removed, recovery codes as one of them, and sessions that end."""
    n = Authenticator.objects.filter(user=person).count()
    factors = ngettext("%(n)d factor is removed.", "%(n)d factors are removed.", n) % {"n": n}
    return f"{factors} {sessions_ending(person)}"


def mails_sent(invitation: Invitation) -> str:
    n = invitation.sent_count
    return ngettext("It was sent once so far.", "It was sent %(n)d times so far.", n) % {"n": n}
