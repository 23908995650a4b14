"""What staff do for a person who lost the way into their account. Needs a wide scope, a reason, and is recorded."""

from __future__ import annotations

from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.db import transaction
from django.template.loader import render_to_string

from tenancy import TenantRefused, audit

from . import lockout
from .models import User, normalise_email
from .people import end_sessions, note_mail


@transaction.atomic
def reset_second_factor(user: User, *, by: Any, reason: str) -> int:
    """Take every authenticator and recovery code from `user`, end their sessions and tell them by mail.

    The password stands; staff are led to set up a new factor before the console opens. Returns how many were taken.
    Raises TenantRefused: ``yourself``, ``no_reason``.
    """
    _refuse(user, by, reason)
    taken: int = Authenticator.objects.filter(user=user).delete()[0]
    end_sessions(user)
    audit.record("account.second_factor_reset", by=by, target=user, reason=reason, details={"taken": taken})
    _tell(user.email, "second_factor_reset")
    return taken


@transaction.atomic
def change_email(user: User, email: str, *, by: Any, reason: str) -> User:
    """Give the account another address, which the person proves with a code at the next sign-in; both are told.

    Raises TenantRefused: ``yourself``, ``no_reason``, ``invalid_email``, ``email_taken``.
    """
    _refuse(user, by, reason)
    email, before = normalise_email(email), user.email
    try:
        validate_email(email)
    except ValidationError:
        raise TenantRefused("This is not an e-mail address.", code="invalid_email") from None
    if email == before:
        return user
    taken = EmailAddress.objects.filter(email=email).exclude(user=user).exists()
    if taken or User.objects.filter(email=email).exclude(pk=user.pk).exists():
        raise TenantRefused("Another account has this address.", code="email_taken")
    user.email = email
    with audit.changing(by=by, reason=reason):
        user.save(update_fields=["email"])
    EmailAddress.objects.filter(user=user).delete()
    EmailAddress.objects.create(user=user, email=email, primary=True, verified=False)
    end_sessions(user)
    audit.record("account.email_changed", by=by, target=user, reason=reason)
    for address in (before, email):
        _tell(address, "email_changed")
    return user


@transaction.atomic
def sign_out(user: User, *, by: Any, reason: str) -> int:
    """End every session of `user`; returns how many. Raises TenantRefused: ``yourself``, ``no_reason``."""
    _refuse(user, by, reason)
    ended = end_sessions(user)
    audit.record("account.signed_out", by=by, target=user, reason=reason, details={"sessions": ended})
    return ended


@transaction.atomic
def send_link(user: User, *, by: Any, reason: str) -> None:
    """Mail `user` a link by which they set a password; whoever follows it and signs in has proved the address.

    Raises TenantRefused: ``yourself``, ``no_reason``, ``inactive``.
    """
    _refuse(user, by, reason)
    if not user.is_active:
        raise TenantRefused("The account is deactivated: reactivate it first.", code="inactive")
    uid, token = user_pk_to_url_str(user), app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)
    link = get_adapter().get_reset_password_from_key_url(f"{uid}-{token}")
    audit.record("account.link_sent", by=by, target=user, reason=reason)
    _tell(user.email, "link", subject="Your way in", link=link)


@transaction.atomic
def unlock(user: User, *, by: Any, reason: str) -> None:
    """Let `user` try their password again at once. Raises TenantRefused: ``yourself``, ``no_reason``."""
    _refuse(user, by, reason)
    lockout.forget(user)
    audit.record("account.unlocked", by=by, target=user, reason=reason)


def _refuse(user: User, by: Any, reason: str) -> None:
    if user.pk == getattr(by, "pk", by):
        raise TenantRefused("Your own account is changed on its own pages.", code="yourself")
    if not reason.strip():
        raise TenantRefused("Say why: the reason stands in the audit trail.", code="no_reason")


def _tell(email: str, what: str, *, subject: str = "Your account was changed by support", **context: str) -> None:
    def send() -> None:
        body = render_to_string(f"accounts/mail/{what}.txt", context)
        EmailMessage(subject=subject, body=body, to=[email]).send()
        note_mail(email, what)

    transaction.on_commit(send)
