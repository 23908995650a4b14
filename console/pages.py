"""Pages of the console that are no model's list or form: a registry that the admin's site mounts, guards and scopes."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

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
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.has_perm(permission):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        _pages[name] = Page(route, name, permission, guarded)
        return guarded

    return register


def pages() -> list[Page]:
    """Every registered page."""
    return list(_pages.values())
