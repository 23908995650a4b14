"""What an address of the admin needs, declared where it is asked: the start-up check operations.E004 reads it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

F = TypeVar("F", bound=Callable[..., Any])


def needs(permission: str) -> Callable[[F], F]:
    """Guard a view ``(request, …)`` of the admin by a permission ``app.codename``. Raises PermissionDenied."""

    def decorate(view: F) -> F:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if not request.user.has_perm(permission):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        noted: F = declared(guarded, permission)
        return noted

    return decorate


def asks(name: str) -> Callable[[F], F]:
    """Guard a method ``(self, request, …)`` of a ModelAdmin by ``has_<name>_permission``. Raises PermissionDenied."""

    def decorate(method: F) -> F:
        @functools.wraps(method)
        def guarded(self: Any, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if not getattr(self, f"has_{name}_permission")(request):
                raise PermissionDenied
            return method(self, request, *args, **kwargs)

        noted: F = declared(guarded, name)
        return noted

    return decorate


def declared(view: Any, *names: str) -> Any:
    """Note on a view what it asks for; wrappers made with `functools.wraps` carry the note on."""
    view.needs = names
    return view
