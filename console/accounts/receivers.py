"""Writes down when people sign in, and what they change about how they do."""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account
from allauth.account.authentication import get_authentication_records
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from django.dispatch import receiver
from django.http import HttpRequest

from tenancy import audit

from .models import User


@receiver(account.user_logged_in)
def signed_in(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """How, but neither from where nor with which address."""
    methods = [record["method"] for record in get_authentication_records(request, user)]
    audit.record("account.signed_in", by=user, target=user, details={"methods": methods})


@receiver(account.user_signed_up)
def signed_up(sender: Any, user: User, **kwargs: Any) -> None:
    audit.record("account.signed_up", by=user, target=user)


@receiver([account.password_changed, account.password_set])
def password_changed(sender: Any, user: User, **kwargs: Any) -> None:
    audit.record("account.password_changed", by=user, target=user)


@receiver(account.password_reset)
def password_reset(sender: Any, user: User, **kwargs: Any) -> None:
    audit.record("account.password_reset", by=user, target=user)


@receiver(account.email_changed)
def email_changed(sender: Any, user: User, **kwargs: Any) -> None:
    audit.record("account.email_changed", by=user, target=user)


@receiver(mfa.authenticator_added)
def factor_added(sender: Any, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    _factor("added", user, authenticator)


@receiver(mfa.authenticator_removed)
def factor_removed(sender: Any, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    _factor("removed", user, authenticator)


@receiver(mfa.authenticator_reset)
def factor_reset(sender: Any, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    _factor("renewed", user, authenticator)


def _factor(what: str, user: User, authenticator: Authenticator) -> None:
    audit.record(f"account.second_factor_{what}", by=user, target=user, details={"type": authenticator.type})
