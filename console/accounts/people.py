"""Makes accounts and says what to call their people."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.db import transaction

from tenancy import Role, TenantRefused, audit, identity_scope
from tenancy.models import UserTenantMembership

from .models import User, normalise_email


def display_name(user: User) -> str:
    """What pages call a person who looks at them: the name, else the address. Never for logs or other people."""
    return user.full_name or user.email


def mark_verified(user: User) -> EmailAddress:
    """Take `user`'s address as proved: it becomes their one primary, verified address."""
    EmailAddress.objects.filter(user=user).exclude(email=user.email).delete()
    address, _ = EmailAddress.objects.update_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )
    return address


@transaction.atomic
def create_person(email: str, password: str | None = None, *, verified: bool, **fields: Any) -> User:
    """Make an account whose address is `verified`: because a mail proved it, or an operator vouches for it."""
    user = User.objects.create_user(email, password, **fields)
    if verified:
        mark_verified(user)
    return user


@transaction.atomic
def deactivate(user: User, *, by: Any, reason: str) -> User:
    """Shut an account: sessions end, sign-in is refused; memberships and history stay. Needs a wide scope.

    Raises TenantRefused: ``yourself``, ``sole_owner`` (some active tenant would have no other active owner).
    """
    if user.pk == getattr(by, "pk", by):
        raise TenantRefused("Nobody deactivates their own account.", code="yourself")
    owned = UserTenantMembership.objects.filter(user=user, role=Role.OWNER, is_active=True, tenant__state="active")
    for membership in owned.select_related("tenant"):
        others = UserTenantMembership.objects.filter(
            tenant=membership.tenant, role=Role.OWNER, is_active=True, user__is_active=True
        )
        if not others.exclude(user=user).exists():
            raise TenantRefused(
                f"This person is the only owner of “{membership.tenant.slug}”: transfer the ownership first.",
                code="sole_owner",
            )
    if user.is_active:
        user.is_active = False
        with audit.changing(by=by, reason=reason):
            user.save(update_fields=["is_active"])
        end_sessions(user)
        audit.record("person.deactivated", by=by, target=user, reason=reason)
    return user


@transaction.atomic
def reactivate(user: User, *, by: Any, reason: str) -> User:
    """Open a deactivated account again."""
    if not user.is_active:
        user.is_active = True
        with audit.changing(by=by, reason=reason):
            user.save(update_fields=["is_active"])
        audit.record("person.reactivated", by=by, target=user, reason=reason)
    return user


def note_mail(email: str, what: str) -> None:
    """Write down that the account of this address was sent the mail `what`; a stranger's address is not kept."""
    with identity_scope():
        user = User.objects.filter(email=normalise_email(email)).first()
    if user is not None:
        audit.record("mail.sent", by=None, target=user, details={"mail": what})


def end_sessions(user: User) -> int:
    """Sign a person out everywhere; returns how many sessions ended."""
    sessions = list(UserSession.objects.filter(user=user))
    for session in sessions:
        session.end()
    return len(sessions)
