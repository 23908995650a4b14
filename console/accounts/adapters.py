"""What this product decides differently from allauth: who may sign up, where links lead, how secrets are kept."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from tenancy import audit, identity_scope
from tenancy.crypto import decrypt, encrypt

from .links import absolute
from .models import User, normalise_email
from .people import display_name, note_mail

SECRETS = "accounts.second-factor"
"""The encryption context of everything in `Authenticator.data`."""


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up is by invitation unless OPEN_SIGNUP; links in mails lead to BASE_URL, not to the host of the request."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return bool(settings.OPEN_SIGNUP)

    def clean_email(self, email: str) -> str:
        return normalise_email(email)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # By address alone: with the host in it, which allauth puts there, each subdomain would allow as many tries.
        return normalise_email(str(credentials.get("email") or credentials.get("username") or ""))

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Write a refused password down, for support and for the overview; an unknown address leaves no trace of it."""
        with identity_scope():
            person = User.objects.filter(email=self._get_login_attempts_cache_key(request, **credentials)).first()
        audit.record("account.sign_in_failed", by=None, target=person)

    def get_reset_password_from_key_url(self, key: str) -> str:
        uid, _, token = key.partition("-")
        return absolute(reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": token}))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        links = {"signup_url": "account_signup", "password_reset_url": "account_reset_password"}
        for name, url_name in links.items():
            if name in context and "key" not in context:
                context[name] = absolute(reverse(url_name))
        super().send_mail(template_prefix, email, {**context, "open_signup": settings.OPEN_SIGNUP})
        note_mail(email, template_prefix.rpartition("/")[2])


class MFAAdapter(DefaultMFAAdapter):
    """Second-factor secrets are encrypted at rest, and staff cannot fall back to a password alone."""

    def encrypt(self, text: str) -> str:
        return encrypt(text, context=SECRETS)

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(encrypted_text, context=SECRETS)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Whether the person still meets what is asked of them without `authenticator`."""
        if not settings.STAFF_SECOND_FACTOR or not authenticator.user.is_staff:
            return True
        others = Authenticator.objects.filter(user_id=authenticator.user_id).exclude(pk=authenticator.pk)
        return bool(others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists())

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Passkeys belong to the product's host, so that they work on the tenants' subdomains of it too."""
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        home = urlsplit(settings.BASE_URL).hostname or ""
        if entity["id"] == home or entity["id"].endswith(f".{home}"):
            entity["id"] = home
        return {**entity, "name": settings.MFA_TOTP_ISSUER}

    def get_public_key_credential_user_entity(self, user: User) -> dict[str, Any]:
        entity: dict[str, Any] = super().get_public_key_credential_user_entity(user)
        return {**entity, "display_name": display_name(user)}
