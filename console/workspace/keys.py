"""Search keys: what is stored beside a name so that a prefix is found through a plain index, also under RLS.

`LIKE` and `lower()` are not leakproof, so under row-level security they lose their index; `=` and `<` on text keep it.
https://www.postgresql.org/docs/current/rules-privileges.html
"""

from __future__ import annotations

import unicodedata
from typing import Any

from django.db import models

MAX_KEY = 200


def search_key(*parts: str) -> str:
    """The parts in one comparable spelling: no case, no accents, single blanks, at most 200 characters."""
    text = unicodedata.normalize("NFKD", " ".join(part for part in parts if part))
    text = "".join(char for char in text if not unicodedata.combining(char))
    return " ".join(text.casefold().split())[:MAX_KEY]


def digits_key(text: str) -> str:
    """The digits alone, as in phone numbers."""
    return "".join(char for char in text if char.isascii() and char.isdigit())[:MAX_KEY]


def prefix_range(prefix: str) -> tuple[str, str | None]:
    """The half-open range of texts that start with `prefix`, in code point order; no upper end where there is none."""
    for end in range(len(prefix), 0, -1):
        code = ord(prefix[end - 1])
        if code < 0x10FFFF:
            following = 0xE000 if code == 0xD7FF else code + 1  # surrogates are no characters
            return prefix, prefix[: end - 1] + chr(following)
    return prefix, None


def starts_with(field: str, prefix: str) -> models.Q:
    """The condition that `field`, a search key, starts with `prefix`."""
    low, high = prefix_range(prefix)
    found = models.Q(**{f"{field}__gte": low})
    return found & models.Q(**{f"{field}__lt": high}) if high is not None else found


class SearchKeyField(models.CharField):
    """A stored search key, filled from other fields by the model's method `fill_search_keys` on every save.

    Compared by code point (collation C), so that a prefix is a range.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        options.update(max_length=MAX_KEY, db_collation="C", editable=False, blank=True, default="")
        super().__init__(*args, **options)

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        for option in ("max_length", "db_collation", "editable", "blank", "default"):
            options.pop(option, None)
        return name, path, args, options

    def pre_save(self, instance: Any, add: bool) -> Any:
        # Here and not in save(): bulk_create comes by too.
        setattr(instance, self.attname, instance.search_keys()[self.attname])
        return super().pre_save(instance, add)


class StoredEmailField(models.EmailField):
    """An address, kept in lower case, so that it is unique, found and searched as it stands."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("db_collation", "C")
        super().__init__(*args, **options)

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        return value.strip().lower() if isinstance(value, str) else value

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return value.strip().lower() if isinstance(value, str) else value
