"""What customers' records hold about people."""

from __future__ import annotations

import pii
from pii import BIRTH, CONTACT, CUSTOM, DERIVED, FILE, FREETEXT, IDENTITY, Blank, Null, RandomEmail
from pii.subjects import Subject

_SEARCH = pii.withhold("a search key made from the name beside it")


@pii.declare("workspace.Contact")
class ContactPII(pii.ModelPII):
    subject = pii.match(email="email", digits="phone_key")
    fields = {
        "first_name": pii.Field(IDENTITY, erase=Blank(), trace=pii.NAME, mask=pii.MaskName()),
        "last_name": pii.Field(IDENTITY, erase=Blank(), trace=pii.NAME, mask=pii.MaskName()),
        "email": pii.Field(CONTACT, erase=RandomEmail(), trace=pii.EMAIL, mask=pii.MaskEmail()),
        "external_id": pii.Field(IDENTITY, erase=Blank()),
        "phone": pii.Field(CONTACT, erase=Blank(), trace=pii.PHONE, mask=pii.MaskPhone()),
        "company": pii.Field(IDENTITY, erase=Blank()),
        "street": pii.Field(CONTACT, erase=Blank()),
        "postal_code": pii.Field(CONTACT, erase=Blank()),
        "city": pii.Field(CONTACT, erase=Blank()),
        "country": pii.Field(CONTACT, erase=Blank()),
        "birth_date": pii.Field(BIRTH, erase=Null()),
        "attributes": pii.Field(CUSTOM, erase=Blank()),
        "name_key": pii.Field(DERIVED, erase=Blank(), export=_SEARCH),
        "first_name_key": pii.Field(DERIVED, erase=Blank(), export=_SEARCH),
        "company_key": pii.Field(DERIVED, erase=Blank(), export=_SEARCH),
        "phone_key": pii.Field(DERIVED, erase=Blank(), export=_SEARCH),
    }
    plain = {"id tenant": "keys", "created_at updated_at": "when the row was written"}
    row = pii.ANONYMISE
    purpose = "The customer's address book"
    retain_from = "updated_at"
    retain_least = 90
    retain_row = pii.DELETE


@pii.declare("workspace.Note")
class NotePII(pii.ModelPII):
    subject = pii.follow("contact")
    actors = ["author"]
    fields = {"body": pii.Field(FREETEXT, erase=pii.Scrub())}
    plain = {"id tenant contact": "keys", "created_at updated_at": "when the row was written"}
    row = pii.DELETE
    purpose = "The customer's address book"
    retain_from = "updated_at"
    retain_least = 30


@pii.declare("workspace.Attachment")
class AttachmentPII(pii.ModelPII):
    subject = pii.follow("contact")
    actors = ["uploaded_by"]
    fields = {
        "file": pii.Field(FILE, erase=pii.RemoveFile()),
        "name": pii.Field(FREETEXT, erase=pii.Redact()),
        "sha256": pii.Field(DERIVED, erase=Blank(), export=pii.ACCESS_ONLY),
    }
    plain = {
        "id tenant contact": "keys",
        "content_type": "kind of the file: a word like application/pdf",
        "size created_at": "how large, and when it was uploaded",
    }
    row = pii.DELETE
    mention = "review"
    purpose = "The customer's address book"
    retain_from = "created_at"
    retain_least = 30


@pii.declare("workspace.Tag")
class TagPII(pii.ModelPII):
    fields = {
        "name": pii.Field(FREETEXT, erase=pii.Scrub(), export=pii.ACCESS_ONLY),
        "name_key": pii.Field(DERIVED, erase=pii.Scrub(), export=_SEARCH),
    }
    plain = {"id tenant": "keys"}
    row = pii.KEEP("a word that groups many people belongs to none of them")
    mention = "review"
    purpose = "Grouping contacts"


@pii.declare("workspace.ContactTag")
class ContactTagPII(pii.ModelPII):
    subject = pii.follow("contact")
    plain = {"id tenant contact tag": "keys: which contact carries which word", "created_at": "when it was tagged"}
    spelled = {"tag": "name"}
    row = pii.DELETE
    purpose = "Grouping contacts"


@pii.declare("workspace.BulkTagging")
class BulkTaggingPII(pii.ModelPII):
    actors = ["ordered_by"]
    fields = {"text": pii.Field(FREETEXT, erase=pii.Scrub(), export=pii.ACCESS_ONLY)}
    plain = {
        "id tenant tag among reached": "keys",
        "state adds": "what was ordered, and where it stands",
        "looked_at changed created_at finished_at": "how many, and when",
    }
    row = pii.KEEP("a search for many people belongs to none of them; what it says of one is scrubbed")
    mention = "review"
    purpose = "Grouping contacts"
    retain = 1095
    retain_from = "finished_at"
    retain_least = 30


@pii.declare("workspace.MemberWord")
class MemberWordPII(pii.ModelPII):
    subject = pii.nobody()  # a word leads to its member, whose erasure rewrites it by trigger
    fields = {"word": pii.Field(DERIVED, erase=pii.Scrub(), export=_SEARCH)}
    plain = {"id tenant membership": "keys"}
    mention = "derived"
    row = pii.KEEP("rewritten by a trigger as soon as its member or the account is erased")
    purpose = "Finding members"


@pii.declare("workspace.TenantExport")
class TenantExportPII(pii.ModelPII):
    actors = ["requested_by"]
    fields = {"file": pii.Field(FILE, erase=pii.RemoveFile(), export=pii.withhold("a copy of the whole tenant"))}
    plain = {
        "id tenant": "keys",
        "state": "where the export stands, a word of the program",
        "sha256": "checksum over the archive of a whole tenant, which tells of nobody",
        "contents": "numbers of rows by model, without any value of a row",
        "size created_at finished_at keep_until": "how large, and when",
    }
    row = pii.KEEP("that an export was made is accountability; its archive is deleted after seven days")
    mention = "review"
    purpose = "Giving a customer all of its data"
    retain = None


@pii.on_erase("exports of organisations")
def purge_exports(subject: Subject) -> int:
    """Delete the archives that wait in the organisations concerned: each holds everything, and so the person."""
    from .exporting.orders import purge_export
    from .models import TenantExport

    tenants = {row.tenant_id for rows in subject.rows.values() for row in rows if row.tenant_id}
    if subject.tenant_id is not None:
        tenants &= {subject.tenant_id}
    waiting = TenantExport.objects.filter(tenant__in=tenants).exclude(file="")
    for export in waiting:
        purge_export(export)
    return len(waiting)
