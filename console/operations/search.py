"""One search over everything: each kind of thing is a provider in a registry, asked only for those who may see it.

The palette and the page (`find_page`) ask the same function.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _
from unfold.dataclasses import SearchResult

from tenancy import current_scope
from tenancy.models import Invitation, UserTenantMembership

from .models import SearchToken

PER_KIND = 8
RARE = 500  # rows; a word that begins fewer is rare enough to look at every row of it
COMMON = 3_000  # rows of a common word that are looked at
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


PEOPLE: dict[str, Callable[[frozenset[UUID]], QuerySet[Any]]] = {  # kind → the keys of these tenants
    "person": lambda tenants: UserTenantMembership.objects.filter(tenant__in=tenants).values("user_id"),
    "membership": lambda tenants: UserTenantMembership.objects.filter(tenant__in=tenants).values("pk"),
    "invitation": lambda tenants: Invitation.objects.filter(tenant__in=tenants).values("pk"),
}
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
    title: Any
    list_name: str  # route of the list that holds all of them


_providers: dict[str, Provider] = {}


def provider(kind: str, permission: str, *, title: Any, list_name: str) -> Callable[[Find], Find]:
    """Register a search provider; it is asked in the order of registration and gives at most `PER_KIND` hits."""

    def register(find: Find) -> Find:
        _providers[kind] = Provider(kind, permission, find, title, list_name)
        return find

    return register


def read(text: str) -> Query:
    """Understand what was typed or pasted."""
    text = text.strip()[:500]
    keys = tuple(dict.fromkeys(UUID(found) for found in UUID_IN_TEXT.findall(text)))[:20]
    addresses = tuple(dict.fromkeys(found.lower() for found in ADDRESS_IN_TEXT.findall(text)))[:20]
    words = tuple(word for word in BREAKS.split(text.lower()) if word)[:6]
    return Query(text, words, addresses, keys)


def search(request: HttpRequest, text: str) -> list[tuple[Provider, list[Hit]]]:
    """What the person may see now, by kind, at most `PER_KIND` of each. Nothing is cached."""
    query = read(text)
    if not query.text:
        return []
    allowed = [
        entry
        for entry in _providers.values()
        if request.user.has_perm(entry.permission)  # type: ignore[union-attr]  # staff pages have a user
    ]
    found = [(entry, list(entry.find(request, query))[:PER_KIND]) for entry in allowed]
    return [(entry, hits) for entry, hits in found if hits]


def palette(request: HttpRequest, term: str) -> list[SearchResult]:
    """The command palette's callback."""
    found = [
        SearchResult(hit.title, hit.description, hit.url, hit.icon)
        for _entry, hits in search(request, term)
        for hit in hits
    ]
    target = jump(request, term)
    if target:
        found.insert(0, SearchResult(str(_("Open the pasted address")), target, target, "arrow_forward"))
    return found


def jump(request: HttpRequest, text: str) -> str:
    """Where a pasted address of this installation leads: a page of the admin, or the page of the workspace's tenant.

    Empty for anything else. Only a path of our own comes back, whatever host was pasted.
    """
    text = text.strip()
    parts = urlsplit(text)
    if not (parts.scheme in ("http", "https") or text.startswith("/")) or not parts.path.startswith("/"):
        return ""
    path = "/" + parts.path.lstrip("/")
    if path.startswith("/admin/"):
        try:
            match = resolve(path)
        except Resolver404:
            return ""
        is_page = match.namespace == "admin" and match.url_name not in (None, "find")  # None: the page for lost paths
        return path if is_page else ""
    return tenant_of(request, parts.hostname or "", path)


def tenant_of(request: HttpRequest, host: str, path: str) -> str:
    """The page of the tenant whose workspace an address belongs to, by path or by subdomain."""
    from tenancy.models import Tenant

    home = urlsplit(settings.BASE_URL).hostname or ""
    named = re.match(r"/t/([a-z0-9-]+)(?:/|$)", path)
    slug = named[1] if named else host.removesuffix(f".{home}") if host.endswith(f".{home}") else ""
    if not slug or not request.user.has_perm("tenancy.view_tenant"):  # type: ignore[union-attr]  # staff
        return ""
    tenant = Tenant.objects.filter(slug=slug).only("pk").first()
    return reverse("admin:tenant_page", args=[tenant.pk]) if tenant else ""


def matching(kind: str, text: str, limit: int = 200) -> list[Any]:
    """Keys of the `kind` objects that the words of `text` ask for, as far as the scope lets anybody look.

    A beginning of a name tells what its mask hides, letter by letter: people are found by whole words, and by
    beginnings in the tenants of an open staff session alone.
    """
    if kind not in PEOPLE:
        return keys_matching(kind, text, limit)
    found = keys_matching(kind, text, limit, whole=True)
    content = current_scope().content
    if content:
        found += keys_matching(kind, text, limit, among=PEOPLE[kind](content))
    return list(dict.fromkeys(found))[:limit]


def keys_matching(
    kind: str, text: str, limit: int = 200, *, whole: bool = False, among: QuerySet[Any] | None = None
) -> list[Any]:
    """Keys of the `kind` objects with a word that `text` begins, then those where each of its words begins some word.

    With `whole` the words are compared as they stand; `among` narrows to some keys. Ranges on an index, and no more
    than `COMMON` rows of a word: where all words are common ones, a longer word helps.
    """
    text = text.strip().lower()
    found = list(dict.fromkeys(_beginning(kind, text, whole, among)[:limit]))
    words = [word for word in BREAKS.split(text) if word]
    if len(found) >= limit or "@" in text or not words or words == [text]:
        return found
    for key in _with_every_word(kind, sorted(words, key=len, reverse=True), limit, whole, among):
        if key not in found:
            found.append(key)
    return found[:limit]


def _with_every_word(kind: str, words: list[str], limit: int, whole: bool, among: QuerySet[Any] | None) -> list[Any]:
    candidates: list[Any] = []
    for word in words:  # the longest first: it is the likeliest to be rare
        candidates = list(dict.fromkeys(_beginning(kind, word, whole, among)[:RARE]))
        if len(candidates) < RARE:
            break
    else:
        candidates = list(dict.fromkeys(_beginning(kind, words[0], whole, among)[:COMMON]))
    found: list[Any] = []
    for start in range(0, len(candidates), RARE):
        part = candidates[start : start + RARE]
        tokens: dict[Any, list[str]] = {}
        rows = SearchToken.objects.filter(kind=kind, object_id__in=part).values_list("object_id", "token")
        for key, token in rows:
            tokens.setdefault(key, []).append(token)
        held = (key for key in part if all(any(_fits(t, w, whole) for t in tokens.get(key, ())) for w in words))
        found += held
        if len(found) >= limit:
            break
    return found[:limit]


def _fits(token: str, word: str, whole: bool) -> bool:
    return token == word if whole else token.startswith(word)


def _beginning(kind: str, word: str, whole: bool, among: QuerySet[Any] | None) -> QuerySet[Any]:
    word = word[:99].replace("\0", "")
    last = word if whole else word + "\U0010fffd"
    rows = SearchToken.objects.filter(kind=kind, token__gte=word, token__lte=last) if word else None
    if rows is not None and among is not None:
        rows = rows.filter(object_id__in=among)
    return (rows if rows is not None else SearchToken.objects.none()).values_list("object_id", flat=True)
