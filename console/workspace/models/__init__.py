"""The records of customers: contacts, and what hangs on them; and the exports of a whole tenant."""

from .attachment import Attachment
from .contact import Contact
from .export import ExportState, TenantExport
from .note import Note
from .tag import ContactTag, Tag

__all__ = ["Attachment", "Contact", "ContactTag", "ExportState", "Note", "Tag", "TenantExport"]
