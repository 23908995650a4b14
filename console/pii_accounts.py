"""Declarations of allauth: addresses, sign-in providers, second factors, sessions."""

from __future__ import annotations

import pii
from pii import ACTIVITY, CONTACT, ONLINE, SECRET

_PROVIDER = "how this installation talks to a sign-in provider, entered by the operator"


@pii.declare("account.EmailAddress")
class EmailAddressPII(pii.ModelPII):
    subject = [pii.user("user"), pii.match(email="email")]
    fields = {"email": pii.Field(CONTACT, erase=pii.RandomEmail(), trace=pii.EMAIL, mask=pii.MaskEmail())}
    plain = {"id user": "keys", "verified primary": "state of the address"}
    proven = {"verified": True}
    row = pii.DELETE
    purpose = "Signing in and sending mail"


@pii.declare("account.EmailConfirmation")
class EmailConfirmationPII(pii.ModelPII):
    subject = pii.follow("email_address")
    fields = {"key": pii.Field(SECRET, erase=pii.RandomText(), export=pii.withhold("a secret from a mail"))}
    plain = {"id email_address": "keys", "created sent": "when the mail went out"}
    row = pii.DELETE
    retain = 30
    retain_from = "created"
    purpose = "Verifying an address"


@pii.declare("socialaccount.SocialApp")
class SocialAppPII(pii.ModelPII):
    plain = {
        "id": "key",
        "provider": _PROVIDER,
        "provider_id": _PROVIDER,
        "name": _PROVIDER,
        "client_id": _PROVIDER,
        "secret": _PROVIDER,
        "key": _PROVIDER,
        "settings": "options of a sign-in provider, entered by the operator",
    }
    mention = "review"


@pii.declare("socialaccount.SocialAccount")
class SocialAccountPII(pii.ModelPII):
    subject = pii.user("user")
    fields = {
        "uid": pii.Field(ONLINE, erase=pii.RandomText(), trace=pii.KEY),
        "extra_data": pii.Field(CONTACT, erase=pii.Blank()),
    }
    plain = {
        "id user": "keys",
        "provider": "which provider: the name of a company",
        "last_login date_joined": "when it was used",
    }
    row = pii.DELETE
    purpose = "Signing in with a provider"


@pii.declare("socialaccount.SocialToken")
class SocialTokenPII(pii.ModelPII):
    subject = pii.follow("account")
    fields = {
        "token": pii.Field(SECRET, erase=pii.Blank(), export=pii.withhold("a credential")),
        "token_secret": pii.Field(SECRET, erase=pii.Blank(), export=pii.withhold("a credential")),
    }
    plain = {"id app account": "keys", "expires_at": "when it ends"}
    row = pii.DELETE
    purpose = "Signing in with a provider"


@pii.declare("mfa.Authenticator")
class AuthenticatorPII(pii.ModelPII):
    subject = pii.user("user")
    fields = {"data": pii.Field(SECRET, erase=pii.Blank(), export=pii.withhold("a second factor"))}
    plain = {"id user": "keys", "type": "kind of factor, one of the program's words"}
    plain |= {"created_at last_used_at": "when it was made and used"}
    row = pii.DELETE
    purpose = "Second factor at sign-in"


@pii.declare("usersessions.UserSession")
class UserSessionPII(pii.ModelPII):
    subject = pii.user("user")
    fields = {
        "ip": pii.Field(ONLINE, erase=pii.Fixed("0.0.0.0"), export=pii.ACCESS_ONLY),  # noqa: S104  # not a bind
        "user_agent": pii.Field(ONLINE, erase=pii.Blank(), export=pii.ACCESS_ONLY),
        "data": pii.Field(ONLINE, erase=pii.Blank(), export=pii.ACCESS_ONLY),
        "created_at": pii.Field(ACTIVITY, erase=pii.Keep("5(2)", basis="goes with the row"), export=pii.ACCESS_ONLY),
        "last_seen_at": pii.Field(ACTIVITY, erase=pii.Keep("5(2)", basis="goes with the row"), export=pii.ACCESS_ONLY),
    }
    plain = {"id user": "keys", "session_key": "random key of the browser's session"}
    row = pii.DELETE
    retain = 90
    retain_from = "last_seen_at"
    purpose = "Showing people where they are signed in"
