"""One search over everything: each kind of thing is a provider in a registry, asked only for those who may see it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.dataclasses import SearchResult

from .models import SearchToken

PER_KIND = 8
BREAKS = re.compile(r"[\s.,;:@_/()\"'+-]+")
UUID_IN_TEXT = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
ADDRESS_IN_TEXT = re.compile(r"[^\s,;<>]+@[^\s,;<>]+")


@dataclass(frozen=True, slots=True)
class Hit:
    """One found thing. `description` may hold what the viewer may see, and nothing else."""

    title: str
    description: str
    url: str
    icon: str
    kind: str


Find = Callable[[HttpRequest, "Query"], Iterable[Hit]]


@dataclass(frozen=True, slots=True)
class Query:
    """What was typed, read: words in lower case, addresses, and keys (also out of a pasted URL)."""

    text: str
    words: tuple[str, ...]
    addresses: tuple[str, ...]
    keys: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Provider:
    """Finds one kind of thing for whoever holds `permission` at this moment."""

    kind: str
    permission: str
    find: Find


_providers: dict[str, Provider] = {}


def provider(kind: str, permission: str) -> Callable[[Find], Find]:
    """Register a search provider; it is asked in the order of registration and gives at most `PER_KIND` hits."""

    def register(find: Find) -> Find:
        _providers[kind] = Provider(kind, permission, find)
        return find

    return register


def read(text: str) -> Query:
    """Understand what was typed or pasted."""
    text = text.strip()[:500]
    keys = tuple(dict.fromkeys(UUID(found) for found in UUID_IN_TEXT.findall(text)))[:20]
    addresses = tuple(dict.fromkeys(found.lower() for found in ADDRESS_IN_TEXT.findall(text)))[:20]
    words = tuple(word for word in BREAKS.split(text.lower()) if word)[:6]
    return Query(text, words, addresses, keys)


def search(request: HttpRequest, text: str) -> list[Hit]:
    """Every hit that the person may see now, grouped by kind. Nothing is cached."""
    query = read(text)
    if not query.text:
        return []
    hits: list[Hit] = []
    for entry in _providers.values():
        if request.user.has_perm(entry.permission):  # type: ignore[union-attr]  # staff pages have a user
            hits += list(entry.find(request, query))[:PER_KIND]
    return hits


def palette(request: HttpRequest, term: str) -> list[SearchResult]:
    """The command palette's callback."""
    return [SearchResult(hit.title, hit.description, hit.url, hit.icon) for hit in search(request, term)]


def keys_matching(kind: str, text: str, limit: int = 200) -> QuerySet[Any]:
    """Keys of the `kind` objects in which every word of `text` begins some word. Ranges on an index, no scan."""
    words = [word for word in BREAKS.split(text.strip().lower()) if word] or ["\0"]
    words.sort(key=len, reverse=True)  # the longest first: it leaves the fewest
    found: QuerySet[Any] = _beginning(kind, words[0])
    for word in words[1:]:
        found = found.filter(object_id__in=_beginning(kind, word))
    return found[:limit]


def _beginning(kind: str, word: str) -> QuerySet[Any]:
    word = word[:99].replace("\0", "")
    rows = SearchToken.objects.filter(kind=kind, token__gte=word, token__lt=word + "\U0010fffd") if word else None
    return (rows if rows is not None else SearchToken.objects.none()).values_list("object_id", flat=True)
