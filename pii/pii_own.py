"""The declarations of this app's own tables: the record of a request is personal data too."""

from __future__ import annotations

import pii
from pii import CONTACT, FREETEXT, IDENTITY, SECRET
from pii.subjects import Subject

_KEY = "key of a row, as text; erased rows keep their key, which is random"
_GROUND = "ground in the officer's words; exact identifiers are replaced by the scan"
_OURS = pii.withhold("the officers' own notes about the request")


@pii.declare("pii.DataRequest")
class DataRequestPII(pii.ModelPII):
    subject = pii.nobody()
    actors = ["requested_by", "approved_by"]
    fields = {
        "contact_name": pii.Field(IDENTITY, erase=pii.Blank(), mask=pii.MaskName()),
        "contact_email": pii.Field(CONTACT, erase=pii.Blank(), mask=pii.MaskEmail()),
        "message": pii.Field(FREETEXT, erase=pii.Blank()),
        "subject": pii.Field(SECRET, erase=pii.Blank(), export=_OURS),
        "code_hash": pii.Field(SECRET, erase=pii.Blank(), export=pii.withhold("a credential")),
        "report": pii.Field(FREETEXT, erase=pii.Scrub(), export=_OURS, is_open=True),
    }
    plain = {
        "id tenant number": "keys",
        "kind state with_account is_partial": "what was asked and how far it is",
        "received_at due_on extended_at paused_at paused_days reminded_at scrubbed_at finished_at": "the clock",
        "identity_at code_tries code_expires_at planned_at approved_at not_before": "the clock",
        "identity_method": "how the identity was checked, in a few words",
        "plan_hash registry_hash approved_hash signature": "hashes of counts and declarations",
    }
    row = pii.KEEP("the record that a request was answered, Art. 5(2)")
    legal_basis = "Art. 6(1)(c)"
    purpose = "Answering data-subject requests"


@pii.declare("pii.RequestEvent")
class RequestEventPII(pii.ModelPII):
    append_only = True
    fields = {"note": pii.Field(FREETEXT, erase=pii.Scrub(), export=_OURS, is_open=True)}
    plain = {
        "id request at": "keys and time",
        "verb": "what was done, a word of the program",
        "from_state to_state": "states",
        "actor_key": "key of the account that acted",
    }
    row = pii.KEEP("the record that a request was answered, Art. 5(2)")
    purpose = "Answering data-subject requests"


@pii.declare("pii.LegalHold")
class LegalHoldPII(pii.ModelPII):
    actors = ["created_by"]
    fields = {"ground": pii.Field(FREETEXT, erase=pii.Scrub(), export=_OURS, is_open=True)}
    plain = {"id tenant": "keys", "model": "name of a table", "key": _KEY, "until created_at released_at": "dates"}
    row = pii.KEEP("the record of a duty to keep")
    purpose = "Keeping what the law wants kept"


@pii.declare("pii.Reveal")
class RevealPII(pii.ModelPII):
    subject = pii.labelled("model", "key")
    actors_kept = {"actor": "who looked: the record outlives the account's name"}
    fields = {"reason": pii.Field(FREETEXT, erase=pii.Scrub(), export=pii.ACCESS_ONLY, is_open=True)}
    plain = {
        "id tenant_key": "keys",
        "model": "name of a table",
        "key": _KEY,
        "session_hash": "hash of a random session key, dead when the session ends",
        "at expires_at": "when",
    }
    row = pii.KEEP("the record of who looked at whom")
    retain = 730
    retain_from = "at"
    purpose = "Showing people who looked at their data"


@pii.declare("pii.ReviewItem")
class ReviewItemPII(pii.ModelPII):
    actors = ["answered_by"]
    plain = {
        "id request tenant_key": "keys",
        "table": "name of a table of this database",
        "column": "name of a column of this database",
        "key": "key of the row where the passage stands; the passage itself is never copied here",
        "kind": "by what kind of identifier it was found",
        "digest": "keyed hash of the cell, to see whether it changed",
        "answer answered_at": "what was answered",
    }
    row = pii.KEEP("the record of a review")
    purpose = "Answering data-subject requests"


@pii.declare("pii.TenantDecision")
class TenantDecisionPII(pii.ModelPII):
    fields = {"ground": pii.Field(FREETEXT, erase=pii.Scrub(), export=_OURS, is_open=True)}
    plain = {"id request tenant": "keys", "answer": "the decision", "decided_by_key": "key of the account that decided"}
    row = pii.KEEP("the record of a decision")
    purpose = "Answering data-subject requests"


@pii.declare("pii.ItemDecision")
class ItemDecisionPII(pii.ModelPII):
    fields = {"note": pii.Field(FREETEXT, erase=pii.Scrub(), export=_OURS, is_open=True)}
    plain = {
        "id request tenant_key": "keys",
        "model": "name of a table",
        "ground": "the ground, a word of the program",
        "until decided_at": "dates",
        "decided_by_key": "key of the account that decided",
    }
    row = pii.KEEP("the record of a decision")
    purpose = "Answering data-subject requests"


@pii.declare("pii.Restriction")
class RestrictionPII(pii.ModelPII):
    subject = pii.match(email="contact_email")
    actors = ["placed_by", "lifted_by"]
    fields = {
        "ground": pii.Field(FREETEXT, erase=pii.Scrub(), export=_OURS, is_open=True),
        "contact_email": pii.Field(CONTACT, erase=pii.Blank(), mask=pii.MaskEmail()),
    }
    plain = {"id request tenant": "keys", "placed_at lifted_at": "since when, until when"}
    row = pii.KEEP("the record that processing was restricted, Art. 5(2)")
    legal_basis = "Art. 6(1)(c)"
    purpose = "Restricting processing"


@pii.declare("pii.Blob")
class BlobPII(pii.ModelPII):
    fields = {"name": pii.Field(pii.FILE, erase=pii.Blank(), export=_OURS)}
    plain = {"id request removed_at": "keys and time", "storage": "name of a file column"}
    row = pii.KEEP("emptied when the file is gone")
    purpose = "Removing files of erased rows"


@pii.declare("pii.Control")
class ControlPII(pii.ModelPII):
    plain = {
        "id run": "keys",
        "in_text": "a random value planted for one scan",
        "in_json": "a random value planted for one scan",
        "in_array": "a random value planted for one scan",
        "in_bytes": "a random value planted for one scan",
        "in_session": "a random value planted for one scan",
    }
    mention = "review"


@pii.on_erase("export packages")
def forget_packages(subject: Subject) -> int:
    """Copies of the person's data that wait for their download go before the data they were made from."""
    from .export.purge import purge_packages_of

    return purge_packages_of(subject)


pii.waive("pii.Package", fields="sha256", reason="keys, dates, size and hash; the file holds the data and is purged")
pii.waive("pii.PlanItem", fields="model ground", reason="counts per table, with the ground of the declaration")
pii.waive("pii.PlanRow", fields="model key", reason=_KEY)
pii.waive("pii.RestrictedRow", fields="model key", reason=_KEY)
pii.waive("pii.Step", fields="name", reason="names of tables and hooks, with counts")
pii.waive("pii.ScanRun", fields="result", reason="counts and names of places, never a value that was found")
pii.waive("pii.Reappearance", fields="model key", reason=_KEY)
pii.waive("pii.Tombstone", fields="model key registry_hash", reason=_KEY)
pii.waive("pii.TombstoneHash", fields="digest", reason="keyed hash that recognises an erased value without holding it")
