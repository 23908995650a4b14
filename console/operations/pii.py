"""What the record of acts holds about people."""

from __future__ import annotations

import pii
from pii import FILE, FREETEXT


@pii.declare("operations.AuditEvent")
class AuditEventPII(pii.ModelPII):
    subject = pii.labelled("target_model", "target_id")
    actors_kept = {"actor_id": "who acted: the trail is kept, the account behind the key loses its name"}
    actor_texts = {"actor_address": "actor_id"}
    fields = {
        "reason": pii.Field(FREETEXT, erase=pii.Scrub(), export=pii.ACCESS_ONLY, is_open=True),
        "details": pii.Field(FREETEXT, erase=pii.Scrub(), export=pii.ACCESS_ONLY, is_open=True),
    }
    plain = {
        "id tenant_key at": "keys and time",
        "verb": "what was done, a word of the program",
        "target_model": "kind of row that was changed",
        "target_id": "key of the row that was changed, as text",
        "request_id": "id of the web request, random",
    }
    append_only = True
    row = pii.KEEP("the record that somebody acted is accountability, Art. 5(2)")
    legal_basis = "Art. 6(1)(c)"
    purpose = "Accountability"


@pii.declare("operations.SearchToken")
class SearchTokenPII(pii.ModelPII):
    subject = pii.nobody()  # a word leads to its source, whose erasure rewrites it by trigger
    fields = {
        "token": pii.Field(pii.CONTACT, erase=pii.Scrub(), export=pii.withhold("an index of data exported elsewhere")),
    }
    plain = {"id": "key", "kind object_id": "what the word leads to"}
    mention = "derived"
    row = pii.KEEP("rewritten by a trigger as soon as its source is erased")
    purpose = "Finding people and tenants"


@pii.declare("operations.StaffSession")
class StaffSessionPII(pii.ModelPII):
    subject = pii.user("viewing_as")
    actors_kept = {"actor": "which member of staff looked"}
    fields = {
        "reason": pii.Field(FREETEXT, erase=pii.Scrub(), export=pii.ACCESS_ONLY, is_open=True),
        "ticket": pii.Field(FREETEXT, erase=pii.Scrub(), export=pii.ACCESS_ONLY),
    }
    plain = {"id tenant viewing_as": "keys", "opened_at expires_at ended_at": "when the session was open"}
    row = pii.KEEP("the record that staff looked is accountability, Art. 5(2)")
    purpose = "Accountability of staff"


@pii.declare("operations.StaffNote")
class StaffNotePII(pii.ModelPII):
    subject = pii.user("user")
    actors = ["author"]
    fields = {"text": pii.Field(FREETEXT, erase=pii.Blank(), export=pii.ACCESS_ONLY, is_open=True)}
    plain = {"id tenant user": "keys", "is_pinned created_at": "how it is shown, and when it was written"}
    row = pii.DELETE
    mention = "scrub"
    purpose = "Support"


@pii.declare("operations.Approval")
class ApprovalPII(pii.ModelPII):
    subject = pii.nobody()
    actors_kept = {"asked_by": "who asked", "decided_by": "who decided"}
    fields = {
        "details": pii.Field(FREETEXT, erase=pii.Scrub(), export=pii.withhold("keys and counts")),
        "reason": pii.Field(FREETEXT, erase=pii.Scrub(), export=pii.withhold("words of staff"), is_open=True),
    }
    plain = {
        "id tenant_key": "keys",
        "verb": "the act, a word of the program",
        "state asked_at expires_at decided_at": "how it went, and when",
    }
    row = pii.KEEP("who asked and who approved is accountability, Art. 5(2)")
    purpose = "Accountability of staff"


@pii.declare("operations.BulkRun")
class BulkRunPII(pii.ModelPII):
    subject = pii.nobody()
    actors_kept = {"asked_by": "who asked for the change of many rows"}
    fields = {"reason": pii.Field(FREETEXT, erase=pii.Scrub(), export=pii.withhold("words of staff"), is_open=True)}
    plain = {
        "id": "key",
        "model": "kind of row, a word of the program",
        "action": "name of the action in the program",
        "state total done refused cancel_requested asked_at finished_at": "how it went, and when",
    }
    row = pii.KEEP("who changed many rows is accountability, Art. 5(2)")
    purpose = "Accountability of staff"


@pii.declare("operations.BulkRow")
class BulkRowPII(pii.ModelPII):
    subject = pii.nobody()
    fields = {
        "note": pii.Field(FREETEXT, erase=pii.Scrub(), export=pii.withhold("why a row was refused"), is_open=True)
    }
    plain = {"id run": "keys", "object_id": "key of the row, as text", "state": "what became of it"}
    row = pii.KEEP("what became of each row belongs to the bulk change")
    purpose = "Accountability of staff"


@pii.declare("operations.ListExport")
class ListExportPII(pii.ModelPII):
    subject = pii.nobody()  # an erasure deletes every kept file, whoever is in it: see `exports.orders`
    actors = ["requested_by"]
    fields = {
        "file": pii.Field(FILE, erase=pii.RemoveFile(), export=pii.withhold("a copy of a list of staff's")),
        "query": pii.Field(FREETEXT, erase=pii.Scrub(), export=pii.withhold("what a member of staff looked for")),
        "reason": pii.Field(FREETEXT, erase=pii.Scrub(), export=pii.withhold("words of staff"), is_open=True),
    }
    plain = {
        "id": "key",
        "source format state": "words of the program",
        "rows created_at keep_until": "how many, and when",
    }
    row = pii.KEEP("that a list was exported is accountability; its file is deleted after a day")
    purpose = "Lists for staff"
