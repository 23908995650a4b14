"""What a tenant's settings say of those who want to join: their domain, their seat."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .exceptions import TenantRefused
from .models import Invitation, Tenant, UserTenantMembership


def is_allowed_address(email: str, tenant: Tenant) -> bool:
    """Whether ``members.allowed_domains`` lets this address in; an empty list lets everybody in."""
    allowed = tenant.config.members.allowed_domains
    return not allowed or email.rpartition("@")[2].lower() in {domain.lower() for domain in allowed}


def refuse_strange_domain(email: str, tenant: Tenant) -> None:
    """Raise TenantRefused (``domain_not_allowed``) for an address that the tenant's settings keep out."""
    if not is_allowed_address(email, tenant):
        raise TenantRefused(
            _("Only addresses of these domains may join: %(domains)s.")
            % {"domains": ", ".join(tenant.config.members.allowed_domains)},
            code="domain_not_allowed",
        )


def refuse_beyond_seats(tenant: Tenant, *, but: Any = None) -> None:
    """Raise TenantRefused (``seats_taken``) where one more person would be more than ``members.seat_limit``.

    Active members count, and invitations that can still be accepted; `but` is an invitation that does not count
    because it is the one being accepted or sent again. Callers hold `tenancy.memberships.lock_owners`.
    """
    limit = tenant.config.members.seat_limit
    if limit is None:
        return
    taken = UserTenantMembership.objects.filter(tenant=tenant, is_active=True).count()
    open_invitations = Invitation.objects.filter(tenant=tenant, accepted_at=None, revoked_at=None)
    waiting = [
        one for one in open_invitations.only("expires_at", "accepted_at", "revoked_at")[: limit + 1] if one.is_open
    ]
    taken += sum(1 for one in waiting if but is None or one.pk != but.pk)
    if taken >= limit:
        raise TenantRefused(
            ngettext(
                "The organisation has %(n)d seat, and it is taken.",
                "The organisation has %(n)d seats, and all are taken.",
                limit,
            )
            % {"n": limit},
            code="seats_taken",
        )
