"""Every address of a project, from its resolver, with what must be filled in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern


@dataclass(frozen=True)
class Route:
    """One address: its name with namespace, its text with ``{0}``, ``{1}`` … for parameters, and their converters."""

    name: str
    text: str
    converters: tuple[str, ...]

    def fill(self, values: list[str]) -> str:
        """The address with these values in the places of its parameters."""
        return "/" + self.text.format(*values)


def routes(urlconf: str | None = None) -> Iterator[Route]:
    """Every address of the project; those written as regular expressions have their groups as parameters."""
    yield from _walk(get_resolver(urlconf), "", "", ())


def _walk(resolver: Any, text: str, namespace: str, converters: tuple[str, ...]) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        part, own = _parse(entry.pattern, len(converters))
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _walk(entry, text + part, inner, converters + own)
        elif isinstance(entry, URLPattern):
            view = getattr(entry.callback, "__qualname__", "view")
            yield Route(f"{namespace}{entry.name or view}", text + part, converters + own)


def _parse(pattern: Any, offset: int) -> tuple[str, tuple[str, ...]]:
    if isinstance(pattern, RegexPattern):
        return _parse_regex(str(pattern.regex.pattern), offset)
    kinds: list[str] = []

    def place(match: re.Match[str]) -> str:
        kinds.append(match[1] or "str")
        return f"{{{offset + len(kinds) - 1}}}"

    text = re.sub(r"<(?:(\w+):)?(\w+)>", place, str(pattern))
    return text, tuple(kinds)


def _parse_regex(regex: str, offset: int) -> tuple[str, tuple[str, ...]]:
    kinds: list[str] = []
    text = regex.lstrip("^").removesuffix("$").removesuffix("\\Z")
    while (start := text.find("(?P<")) >= 0:
        depth, end = 0, start
        for end in range(start, len(text)):
            depth += {"(": 1, ")": -1}.get(text[end], 0)
            if depth == 0:
                break
        kinds.append("regex")
        text = f"{text[:start]}{{{offset + len(kinds) - 1}}}{text[end + 1 :]}"
    return text.replace("\\", ""), tuple(kinds)
