"""Makes accounts and says what to call their people."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction

from .models import User


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
