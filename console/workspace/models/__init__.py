"""The records of customers: contacts, and what hangs on them; and the exports of a whole tenant."""

from .attachment import Attachment
from .bulk_tagging import BulkTagging, TaggingState
from .contact import Contact
from .export import ExportState, TenantExport
from .member_word import MemberWord
from .note import Note
from .tag import ContactTag, Tag

__all__ = [
    "Attachment",
    "BulkTagging",
    "Contact",
    "ContactTag",
    "ExportState",
    "MemberWord",
    "Note",
    "Tag",
    "TaggingState",
    "TenantExport",
]
