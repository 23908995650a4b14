"""Declarations of the third-party apps that this project installs."""

from __future__ import annotations

import pii

from . import pii_accounts, pii_jobs, pii_places  # noqa: F401  # each declares when imported

pii.history_columns(
    plain={"history_request_id": "id of the web request, random"},
    actor_texts={"history_actor": "history_user"},
)
pii.waive(
    "contenttypes.ContentType",
    fields="app_label model",
    reason="names of the program's own tables",
)
pii.waive("auth.Permission", fields="name codename", reason="names of the program's own rights")
pii.waive("auth.Group", fields="name", reason="names of staff roles, chosen by the operator for roles, not people")
pii.waive("auth.Group_permissions", reason="keys: which right belongs to which role")


@pii.declare("sessions.Session")
class SessionPII(pii.ModelPII):
    subject = pii.nobody()
    fields = {
        "session_data": pii.Field(
            pii.SECRET,
            erase=pii.Blank(),
            export=pii.withhold("state of a signed-in browser"),
            decode=pii.decode_session,
        ),
    }
    plain = {
        "session_key": "random; a session that speaks of the person is deleted whole",
        "expire_date": "when it ends",
    }
    row = pii.DELETE
    mention = "delete"
    retain = 1
    retain_from = "expire_date"
    purpose = "Staying signed in"


@pii.declare("admin.LogEntry")
class LogEntryPII(pii.ModelPII):
    subject = pii.generic("content_type", "object_id")
    actors_kept = {"user": "who acted in the admin: the trail is kept, the account behind the key loses its name"}
    fields = {
        "object_repr": pii.Field(pii.FREETEXT, erase=pii.Redact(), export=pii.ACCESS_ONLY),
        "change_message": pii.Field(pii.FREETEXT, erase=pii.Blank(), export=pii.ACCESS_ONLY),
    }
    plain = {
        "id content_type": "keys",
        "object_id": "key of the row that was changed, as text",
        "action_time action_flag": "when, and whether it was added, changed or deleted",
    }
    row = pii.KEEP("the record that somebody acted is accountability, Art. 5(2)")
    retain = 1095
    retain_from = "action_time"
    purpose = "Accountability of staff"
