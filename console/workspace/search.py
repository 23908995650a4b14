"""Finding contacts: by the beginning of any of their names, their company, address or number, and by tag."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any

from django.db import models

from .keys import digits_key, search_key, starts_with
from .models import Contact

MAX_WORDS = 5


def search_contacts(text: str) -> models.QuerySet[Contact]:
    """Contacts in scope that match every word of `text`. An empty text finds all."""
    found: models.QuerySet[Contact] = Contact.objects.all()
    for word in text.replace("\0", " ").split()[:MAX_WORDS]:
        found = found.filter(_matches(word))
    return found


def _matches(word: str) -> Any:
    address = word.strip().lower()
    by_address = starts_with("email", address) & ~models.Q(email="")  # as the index of one tenant's addresses says it
    if "@" in address:
        return by_address
    conditions = []
    key = search_key(word)
    if key:
        conditions += [starts_with(name, key) for name in ("name_key", "first_name_key", "company_key")]
        conditions.append(by_address)
    digits = digits_key(word)
    if len(digits) >= 2 and not any(char.isalpha() for char in word):
        conditions.append(starts_with("phone_key", digits))
    return reduce(or_, conditions) if conditions else models.Q(pk__in=[])
