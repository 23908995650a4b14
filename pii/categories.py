"""What kinds of personal data there are, who sees them, and what an export does with them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import TextChoices


class Category(TextChoices):
    """A category decides who sees a value (see `pii.masking`)."""

    IDENTITY = "identity", "Name and work address"
    CONTACT = "contact", "Contact details"
    BIRTH = "birth", "Date of birth"
    FREETEXT = "freetext", "Free text"
    CUSTOM = "custom", "Custom attributes"
    SECRET = "secret", "Secrets and credentials"  # a label
    ONLINE = "online", "Online identifiers"
    FILE = "file", "Files"
    ACTIVITY = "activity", "Activity"
    DERIVED = "derived", "Derived from other data"

    @property
    def is_sensitive(self) -> bool:
        """Whether it is masked for all staff until revealed; the rest is open inside a staff session."""
        return self not in (Category.IDENTITY, Category.ACTIVITY)


class Trace(TextChoices):
    """What a value is good for when looking for the person elsewhere."""

    EMAIL = "email", "e-mail address"
    PHONE = "phone", "phone number"
    NAME = "name", "name"
    KEY = "key", "external key"


@dataclass(frozen=True)
class Export:
    """Whether a value goes into the package: under Art. 15 (`access`), under Art. 20 too (`portable`)."""

    access: bool
    portable: bool
    ground: str = ""


PROVIDED = Export(access=True, portable=True)
ACCESS_ONLY = Export(access=True, portable=False)


def withhold(ground: str) -> Export:
    """Leave a value out of the package; `ground` stands in ``withheld.json``."""
    return Export(access=False, portable=False, ground=ground)
