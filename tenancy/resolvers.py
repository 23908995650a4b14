"""How a request's tenant is found: by subdomain, by path prefix, or by the session's last tenant.

A resolver only names a tenant; the middleware proves a live membership. A project may list its own: any function from
a request to a `Named` or None.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.http import HttpRequest

from . import conf

SESSION_KEY = "tenancy_slug"


@dataclass(frozen=True, slots=True)
class Named:
    """A tenant that a request named; `by_url` is False where only the session remembers it."""

    slug: str
    by_url: bool
    path_prefix: str = ""


def resolve_subdomain(request: HttpRequest) -> Named | None:
    """northwind.example.com, where example.com is in ``TENANCY["BASE_DOMAINS"]``."""
    host = request.get_host().rsplit(":", 1)[0].lower()  # raises DisallowedHost for a host that is not ours
    for base in conf.get("BASE_DOMAINS"):
        label, dot, rest = host.partition(".")
        if dot and rest == base and re.fullmatch(r"[a-z0-9-]+", label):
            return Named(label, by_url=True)
    return None


def resolve_path(request: HttpRequest) -> Named | None:
    """/t/northwind/…, where ``t`` is ``TENANCY["PATH_PREFIX"]``."""
    prefix = re.escape(conf.get("PATH_PREFIX"))
    match = re.match(rf"/{prefix}/([a-z0-9-]+)(?=/|\Z)", request.path_info)
    return Named(match[1], by_url=True, path_prefix=match[0]) if match else None


def resolve_session(request: HttpRequest) -> Named | None:
    """The tenant that this session used last."""
    slug = request.session.get(SESSION_KEY) if hasattr(request, "session") else None
    return Named(slug, by_url=False) if slug else None


def resolve(request: HttpRequest) -> Named | None:
    """The first answer of ``TENANCY["RESOLVERS"]``: what the URL says beats what the session remembers."""
    from django.utils.module_loading import import_string

    for path in conf.get("RESOLVERS"):
        if named := import_string(path)(request):
            return named  # type: ignore[no-any-return]
    return None
