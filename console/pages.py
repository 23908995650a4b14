"""Pages of the console that are no model's list or form: a registry that the admin's site mounts, guards and scopes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpResponseBase

from console.needs import needs

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Page:
    """One page under /admin/; `permission` is asked at every request."""

    route: str
    name: str
    permission: str
    view: View


_pages: dict[str, Page] = {}


def page(route: str, *, name: str, permission: str) -> Callable[[View], View]:
    """Register a view of the console at ``/admin/<route>``; its URL name is ``admin:<name>``."""

    def register(view: View) -> View:
        guarded = needs(permission)(view)
        _pages[name] = Page(route, name, permission, guarded)
        return guarded

    return register


def pages() -> list[Page]:
    """Every registered page."""
    return list(_pages.values())
