"""The records of customers: contacts, and what hangs on them."""

from .attachment import Attachment
from .contact import Contact
from .note import Note
from .tag import ContactTag, Tag

__all__ = ["Attachment", "Contact", "ContactTag", "Note", "Tag"]
