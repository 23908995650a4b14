"""Personal data in Django: one declaration per model; export, erasure, masking and retention derived from it.

The tour, in the order in which a request meets it:

* **Declarations** (`pii.declarations`, `pii.registry`): an autodiscovered ``pii.py`` per app says of every column what
  it holds and what erasure and export do with it; ``manage.py pii_coverage`` fails on a column nobody decided about.
* **Identifiers** (`pii.identifiers`): what points at a person, and every spelling of it.
* **Find** (`pii.find`): follows the declared links from an address or a row to everything of one person.
* **Requests** (`pii.requests`): receive, check identity, plan, approve, run, verify; one transition table.
* **Export** (`pii.export`): a streamed ZIP, readable offline by people and machines, checked by ``pii_verify``.
* **Erasure** (`pii.erase`): one door, set-based, resumable; history and log scrubbed with the row.
* **Proof** (`pii.scan`): the whole database read under a role of its own, with positive controls.
* **Memory** (`pii.tombstones`): a journal outside the database; nothing is served after a restore until it is replayed.
* **Masking** (`pii.masking`), **retention** (`pii.retention`): from the same declaration.

A ``pii.py`` reads::

    import pii
    from pii import CONTACT, PROVIDED, RandomEmail

    @pii.declare("workspace.Contact")
    class ContactPII(pii.ModelPII):
        subject = pii.match(email="email")
        fields = {"email": pii.Field(CONTACT, erase=RandomEmail(), export=PROVIDED, trace=pii.EMAIL)}
        plain = {"id": "key"}

Importing this package loads no models.
"""

from .categories import ACCESS_ONLY, PROVIDED, Category, Export, Trace, withhold
from .declarations import ANONYMISE, DELETE, KEEP, Field, ModelPII
from .decoders import decode_session
from .exceptions import DeclarationError, PiiError, ProofVoid, RequestRefused
from .hooks import cleans, on_erase
from .links import follow, generic, itself, labelled, match, nobody, user
from .masks import Mask, MaskEmail, MaskName, MaskPhone
from .registry import declare, history_columns, registry, waive
from .strategies import (
    Blank,
    Fixed,
    Keep,
    Null,
    RandomEmail,
    RandomText,
    Redact,
    RemoveFile,
    Scrub,
    Strategy,
    Unusable,
)

IDENTITY, CONTACT, BIRTH, FREETEXT = Category.IDENTITY, Category.CONTACT, Category.BIRTH, Category.FREETEXT
CUSTOM, SECRET, ONLINE, FILE = Category.CUSTOM, Category.SECRET, Category.ONLINE, Category.FILE
ACTIVITY, DERIVED = Category.ACTIVITY, Category.DERIVED
EMAIL, PHONE, NAME, KEY = Trace.EMAIL, Trace.PHONE, Trace.NAME, Trace.KEY

__all__ = [
    "ACCESS_ONLY",
    "ACTIVITY",
    "ANONYMISE",
    "BIRTH",
    "CONTACT",
    "CUSTOM",
    "DELETE",
    "DERIVED",
    "EMAIL",
    "FILE",
    "FREETEXT",
    "IDENTITY",
    "KEEP",
    "KEY",
    "NAME",
    "ONLINE",
    "PHONE",
    "PROVIDED",
    "SECRET",
    "Blank",
    "Category",
    "DeclarationError",
    "Export",
    "Field",
    "Fixed",
    "Keep",
    "Mask",
    "MaskEmail",
    "MaskName",
    "MaskPhone",
    "ModelPII",
    "Null",
    "PiiError",
    "ProofVoid",
    "RandomEmail",
    "RandomText",
    "Redact",
    "RemoveFile",
    "RequestRefused",
    "Scrub",
    "Strategy",
    "Trace",
    "Unusable",
    "cleans",
    "declare",
    "decode_session",
    "follow",
    "generic",
    "history_columns",
    "itself",
    "labelled",
    "match",
    "nobody",
    "on_erase",
    "registry",
    "user",
    "waive",
    "withhold",
]
