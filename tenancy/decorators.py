"""Guards for views: function and class views, sync and async.

Anonymous: to the sign-in page. No tenant: to the chooser, or 404. Wrong role: 403. Another tenant's row: 404.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection
from typing import Any, TypeVar

from asgiref.sync import iscoroutinefunction
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.decorators import method_decorator

from . import conf
from .http import TenantRequest
from .roles import Action, Role, can

V = TypeVar("V", bound=Callable[..., Any])
Guard = Callable[[Any], HttpResponseBase | None]


def check_tenant_access(request: HttpRequest) -> HttpResponseBase | None:
    """None for a member in a tenant's scope, else the redirect. Raises Http404 where there is nowhere to go."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if getattr(request, "tenant", None) is None:
        if conf.get("CHOOSE_URL"):
            return redirect(conf.get("CHOOSE_URL"))
        raise Http404
    return None


def require_tenant_access(view: V) -> V:
    """Only for members of the request's tenant."""
    return _guarded(view, check_tenant_access)


def require_role(role: Role | str | Collection[Role | str]) -> Callable[[V], V]:
    """Only for members with at least `role`; with a collection, for exactly those roles. Raises PermissionDenied."""
    if isinstance(role, str):
        least = Role(role)

        def allowed(held: Role) -> bool:
            return held.covers(least)
    else:
        exactly = {Role(one) for one in role}

        def allowed(held: Role) -> bool:
            return held in exactly

    return _required(allowed)


def require_action(action: Action) -> Callable[[V], V]:
    """Only for members whose role may do `action`, by the one truth table. Raises PermissionDenied."""
    return _required(lambda held: can(held, action))


def _required(allowed: Callable[[Role], bool]) -> Callable[[V], V]:
    def guard(request: TenantRequest) -> HttpResponseBase | None:
        refusal = check_tenant_access(request)
        if refusal is None and not (request.user_tenant_role and allowed(request.user_tenant_role)):
            raise PermissionDenied
        return refusal

    return lambda view: _guarded(view, guard)


def _guarded(view: V, guard: Guard) -> V:
    if isinstance(view, type):
        return method_decorator(lambda dispatch: _guarded(dispatch, guard), name="dispatch")(view)
    if iscoroutinefunction(view):

        @functools.wraps(view)
        async def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            await request.auser()  # loads the user, so that the guard need not
            refusal = guard(request)
            return refusal if refusal is not None else await view(request, *args, **kwargs)

        return answered  # type: ignore[return-value]

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        refusal = guard(request)
        return refusal if refusal is not None else view(request, *args, **kwargs)

    return guarded  # type: ignore[return-value]
