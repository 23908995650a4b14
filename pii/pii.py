"""The declarations of the tenancy app's models, and of this app's own."""

from __future__ import annotations

import pii
from pii import FREETEXT, IDENTITY, SECRET

from . import pii_own  # noqa: F401  # declares when imported

_THEIRS = pii.withhold("about the organisation")


@pii.declare("tenancy.UserTenantMembership")
class MembershipPII(pii.ModelPII):
    subject = pii.user("user")
    fields = {
        "display_name": pii.Field(IDENTITY, erase=pii.Blank(), trace=pii.NAME, mask=pii.MaskName()),
        "external_id": pii.Field(IDENTITY, erase=pii.Blank(), trace=pii.KEY),
        "title": pii.Field(IDENTITY, erase=pii.Blank()),
    }
    plain = {
        "id tenant user": "keys; the account behind them is erased in its own row",
        "role is_active": "what the membership may do",
        "created_at updated_at": "when the row was written",
        "entered_at": "when the person first came in",
    }
    purpose = "Saying who belongs to an organisation, and as what"


@pii.declare("tenancy.Invitation")
class InvitationPII(pii.ModelPII):
    subject = pii.match(email="email")
    actors = ["invited_by"]
    fields = {
        "email": pii.Field(IDENTITY, erase=pii.RandomEmail(), trace=pii.EMAIL, mask=pii.MaskEmail()),
        "token_hash": pii.Field(SECRET, erase=pii.RandomText(), export=pii.withhold("a secret that opens an account")),
    }
    plain = {
        "id tenant": "keys",
        "role": "what the membership would be allowed to do",
        "created_at expires_at accepted_at revoked_at sent_count": "the invitation's own life",
    }
    row = pii.DELETE
    retain = 365  # at most; organisations shorten it, see PII["RETENTION"]
    retain_least = 30
    retain_from = "expires_at"
    purpose = "Letting invited people in"


@pii.declare("tenancy.Tenant")
class TenantPII(pii.ModelPII):
    subject = pii.nobody()
    fields = {
        "name": pii.Field(IDENTITY, erase=pii.Scrub(), export=_THEIRS, is_open=True),
        "suspended_reason": pii.Field(FREETEXT, erase=pii.Scrub(), export=_THEIRS, is_open=True),
        "settings": pii.Field(FREETEXT, erase=pii.Scrub(), export=_THEIRS, is_open=True),
    }
    plain = {
        "id is_active state": "the organisation itself",
        "slug": "part of addresses; a slug that is a person's name is found by the scan and decided by hand",
        "settings_version": "how often the settings changed",
        "suspended_until archived_at created_at updated_at": "when the row was written",
    }
    row = pii.KEEP("an organisation is no person")
    mention = "review"
    purpose = "Running an organisation's account"


@pii.declare("tenancy.TenantPurge")
class TenantPurgePII(pii.ModelPII):
    subject = pii.nobody()
    actors_kept = {"ordered_by": "who ordered", "approved_by": "who approved"}
    fields = {
        "reason": pii.Field(
            FREETEXT, erase=pii.Scrub(), export=pii.withhold("why the organisation was purged"), is_open=True
        ),
    }
    plain = {
        "id tenant_key": "keys",
        "ordered_at emptied_at finished_at": "when it went",
        "report": "counts of rows by table, of files and of accounts",
    }
    row = pii.KEEP("that the data are gone, and who had them deleted, is accountability, Art. 5(2)")
    mention = "scrub"
    purpose = "Proof of a deletion"


_CHANGE = {
    "id": "key",
    "version source": "which change it was, and through which door it came",
    "actor_id": "key of the account that made the change; the account behind it is erased in its own row",
    "created_at": "when it was made",
}
_CHANGE_TEXTS = {
    "changes": pii.Field(
        FREETEXT, erase=pii.Scrub(), export=pii.withhold("settings of the organisation"), is_open=True
    ),
    "reason": pii.Field(
        FREETEXT, erase=pii.Scrub(), export=pii.withhold("why the organisation's settings changed"), is_open=True
    ),
}


@pii.declare("tenancy.SettingChange")
class SettingChangePII(pii.ModelPII):
    subject = pii.nobody()
    fields = dict(_CHANGE_TEXTS)
    append_only = True
    plain = _CHANGE | {"tenant": "key"}
    row = pii.KEEP("an organisation is no person")
    mention = "review"
    purpose = "Knowing who changed a setting, when and why, and undoing it"


@pii.declare("tenancy.PlatformSettings")
class PlatformSettingsPII(pii.ModelPII):
    subject = pii.nobody()
    fields = {
        "document": pii.Field(FREETEXT, erase=pii.Scrub(), export=pii.withhold("settings of the platform")),
        "locks": pii.Field(FREETEXT, erase=pii.Scrub(), export=pii.withhold("who locked a setting of the platform")),
    }
    plain = {"id version revision": "the one row, and how often it changed"}
    row = pii.KEEP("the platform is no person")
    mention = "review"
    purpose = "Defaults and locks that hold for every organisation"


@pii.declare("tenancy.PlatformSettingChange")
class PlatformSettingChangePII(pii.ModelPII):
    subject = pii.nobody()
    fields = dict(_CHANGE_TEXTS)
    append_only = True
    plain = _CHANGE | {"locks": "names of settings that were locked or unlocked"}
    row = pii.KEEP("the platform is no person")
    mention = "review"
    purpose = "Knowing who changed the platform's defaults, when and why"


@pii.declare("tenancy.ObservedAccess")
class ObservedAccessPII(pii.ModelPII):
    subject = pii.nobody()
    plain = {
        "id model what": "which model was touched, and how",
        "place line": "where in the code",
        "count first_seen_at last_seen_at": "how often and when",
    }
    row = pii.KEEP("a list of places in the code is about no person")


@pii.declare("tenancy.BulkSettingChange")
class BulkSettingChangePII(pii.ModelPII):
    subject = pii.nobody()
    fields = {
        "value": pii.Field(FREETEXT, erase=pii.Scrub(), export=pii.withhold("a setting of organisations")),
        "reason": _CHANGE_TEXTS["reason"],
        "refused": pii.Field(FREETEXT, erase=pii.Scrub(), export=pii.withhold("why settings were refused")),
    }
    plain = {
        "id": "key",
        "name is_reset is_dry_run": "which setting, and what was to be done",
        "tenant_ids": "keys of organisations",
        "cursor changed unchanged": "counts of organisations",
        "actor_id": "key of the account that ordered it; the account behind it is erased in its own row",
        "created_at finished_at": "when it ran",
    }
    row = pii.KEEP("an organisation is no person")
    mention = "review"
    purpose = "Changing a setting for many organisations, with every outcome"
