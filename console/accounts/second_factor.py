"""Whether this session proved more than a password."""

from __future__ import annotations

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode


def has_second_factor(request: HttpRequest) -> bool:
    """Whether a second factor or a passkey was used in this session (allauth records both as method ``mfa``)."""
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, request.user))


def step_up_url(request: HttpRequest) -> str:
    """Where a person goes to prove a second factor and come back; to the page that explains it when they hold none."""
    held = set(Authenticator.objects.filter(user=request.user).values_list("type", flat=True))
    if Authenticator.Type.TOTP in held:
        name = "mfa_reauthenticate"
    elif Authenticator.Type.WEBAUTHN in held:
        name = "mfa_reauthenticate_webauthn"
    else:
        name = "accounts_second_factor"
    return f"{reverse(name)}?{urlencode({'next': request.get_full_path()})}"
