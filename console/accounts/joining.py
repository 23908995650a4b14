"""Accepts an invitation in the name of whoever proved to read its mail."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from django.db import transaction

from tenancy import TenantRefused, invitations
from tenancy.models import Invitation, UserTenantMembership

from .models import User
from .people import create_person, mark_verified


class Visitor(Enum):
    """Who opened the link."""

    NEW = "has no account that was ever set up, and makes one now"
    SIGNS_IN = "has an account and is not signed in"
    ACCEPTS = "is signed in with the account of this address"
    OTHER = "is signed in with another account"
    CLOSED = "has an account that was deactivated"


def visitor(invitation: Invitation, user: object) -> Visitor:
    """Say who is asking. `user` is the request's."""
    if isinstance(user, User) and user.is_authenticated:
        return Visitor.ACCEPTS if user.email == invitation.email else Visitor.OTHER
    account = User.objects.filter(email=invitation.email).first()
    if account is None:
        return Visitor.NEW
    if not account.is_active:
        return Visitor.CLOSED
    return Visitor.SIGNS_IN if account.has_usable_password() else Visitor.NEW


@transaction.atomic
def join_as_new(token: str, *, full_name: str, password: str) -> tuple[User, UserTenantMembership]:
    """Make the account (or open one that an import prepared), its address proved by the mail, and accept.

    Raises TenantRefused: as `tenancy.invitations.accept`, or ``has_account`` when somebody set one up meanwhile.
    """
    made: list[User] = []
    membership = invitations.accept(token, _opening(token, full_name, password, made))
    return made[0], membership


def _opening(token: str, full_name: str, password: str, made: list[User]) -> Callable[[], User]:
    def open_account() -> User:
        email = invitations.access_invitation_by_token(token).email
        user = User.objects.select_for_update().filter(email=email).first()
        if user is None:
            user = create_person(email, password, verified=True, full_name=full_name)
        elif user.has_usable_password() or not user.is_active:
            raise TenantRefused("This address has an account already: sign in to accept.", code="has_account")
        else:
            user.full_name = full_name
            user.set_password(password)
            user.save(update_fields=["full_name", "password"])
            mark_verified(user)
        made.append(user)
        return user

    return open_account
