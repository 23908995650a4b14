"""What imports hold about people: kept files and staged rows, for a set time, and both part of an erasure."""

from __future__ import annotations

import pii
from pii import FREETEXT
from pii.subjects import Subject

_PROGRAM = "numbers, times and words of the program"


@pii.declare("members.MemberImport")
class MemberImportPII(pii.ModelPII):
    subject = pii.nobody()
    actors = ["actor", "undone_by"]
    fields = {
        "file_name": pii.Field(
            FREETEXT, erase=pii.Scrub(), export=pii.withhold("the name that the uploader gave"), is_open=True
        ),
        "overrides": pii.Field(FREETEXT, erase=pii.Scrub(), export=pii.withhold("names of columns")),
        "choices": pii.Field(FREETEXT, erase=pii.Scrub(), export=pii.withhold("what the importer chose")),
        "detected": pii.Field(FREETEXT, erase=pii.Scrub(), export=pii.withhold("names of columns")),
        "rules": pii.Field(FREETEXT, erase=pii.Scrub(), export=pii.withhold("words for roles and states")),
        "notes": pii.Field(FREETEXT, erase=pii.Scrub(), export=pii.withhold("sentences about the file"), is_open=True),
        "message": pii.Field(FREETEXT, erase=pii.Scrub(), export=pii.withhold("why the import stopped"), is_open=True),
    }
    plain = {
        "id tenant number target": "keys",
        "file": "a path made of keys; the content is what `forget_in_imports` takes away",
        "file_size file_hash header_hash": "the file's size and fingerprints",
        "state ceiling": _PROGRAM,
        "places": "ranges of lines that are still to be written",
        "counts": "numbers of rows by what becomes of them",
        "applied": "numbers of rows written",
        "created_at previewed_at started_at finished_at keep_until": "when it happened",
    }
    row = pii.KEEP("the record that an import happened; it names nobody")
    purpose = "Bringing an organisation's people in"


@pii.on_erase("members.imports")
def forget_in_imports(subject: Subject) -> int:
    """Delete the person's staged rows, and every kept file that names them; a file is never edited."""
    from .forgetting import forget

    return forget(subject.emails, subject.tenant_id)
