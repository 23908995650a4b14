"""Finds the request's tenant, proves a live membership, and runs the whole response in that tenant's scope."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.http import Http404, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import get_script_prefix, set_script_prefix
from django.views.defaults import page_not_found

from . import forms
from .account import find_membership, is_identity_path, load_account, membership_of
from .exceptions import CrossTenantAccess, NotInScope
from .http import TenantRequest
from .models import Tenant, TenantState
from .resolvers import SESSION_KEY, Named, resolve
from .roles import Role
from .scope import Scope, current_scope, identity_scope, scope_opened, tenant_scope
from .signals import cross_tenant_refused

GetResponse = Callable[..., Any]


class TenantMiddleware:
    """Sets ``request.tenant`` and ``request.user_tenant_role``; comes after session and authentication middleware.

    Until a tenant is known the request is in identity scope. A tenant named by the URL that is absent, or of which the
    person is no live member, is the same 404; a suspended or archived one shows its members a page that says so.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: TenantRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if self.is_async:
            return self._answer_async(request)
        with identity_scope():
            refusal = self._enter(request)
            if refusal is not None:
                return refusal
            if request.tenant is None:
                return carry_scope(self.get_response(request))
            with tenant_scope(request.tenant), script_prefix(request):
                return keep_private(carry_scope(self.get_response(request)))

    async def _answer_async(self, request: TenantRequest) -> HttpResponseBase:
        with identity_scope():
            refusal = await sync_to_async(self._enter)(request)
            if refusal is not None:
                return refusal
            if request.tenant is None:
                return carry_scope(await self.get_response(request))
            with tenant_scope(request.tenant), script_prefix(request):
                return keep_private(carry_scope(await self.get_response(request)))

    def process_view(self, request: TenantRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        """Answer 409 to a form that was rendered for another tenant; what was typed is shown again, nothing saved."""
        if request.tenant is None or request.method in ("GET", "HEAD", "OPTIONS", "TRACE"):
            return None
        if forms.is_for_tenant(
            request, request.tenant, required=not (request.tenant_named and request.tenant_named.by_url)
        ):
            return None
        return render(request, "tenancy/stale_form.html", {"typed": forms.typed_values(request)}, status=409)

    def process_exception(self, request: TenantRequest, error: Exception) -> HttpResponseBase | None:
        """Answer for another tenant's row exactly as for an absent one."""
        if isinstance(error, (CrossTenantAccess, NotInScope)):
            return page_not_found(request, Http404())
        return None

    def _enter(self, request: TenantRequest) -> HttpResponseBase | None:
        request.tenant = None
        request.user_tenant_role = None
        request.tenant_membership = None
        request.tenant_named = None
        if is_identity_path(request.path_info):
            return None
        named = resolve(request)
        if named is None:
            return None
        request.tenant_named = named
        rest = request.path_info[len(named.path_prefix) :] or "/"
        if named.path_prefix and is_identity_path(rest):
            # Account pages have one address; a link made under a tenant's prefix leads there. 307 keeps a POST a POST.
            query = request.META.get("QUERY_STRING", "")
            return HttpResponseRedirect(rest + (f"?{query}" if query else ""), status=307)
        load_account(request)
        if not request.user.is_authenticated:
            self._cut_prefix(request, named)
            return None
        membership = membership_of(request, named)
        if membership is None:
            if not named.by_url:
                request.session.pop(SESSION_KEY, None)
                return None
            cross_tenant_refused.send(sender=type(self), scope=current_scope(), tenant_id=None, where="request")
            return page_not_found(request, Http404())
        tenant = membership.tenant
        if tenant.state != TenantState.ACTIVE:
            return render(request, f"tenancy/{tenant.state}.html", {"tenant": tenant}, status=403)
        request.tenant = tenant
        request.tenant_membership = membership
        request.user_tenant_role = Role(membership.role)
        if request.session.get(SESSION_KEY) != tenant.slug:
            request.session[SESSION_KEY] = tenant.slug
        self._cut_prefix(request, named)
        return None

    def _cut_prefix(self, request: TenantRequest, named: Named) -> None:
        if named.path_prefix:
            request.path_info = request.path_info[len(named.path_prefix) :] or "/"


class script_prefix:
    """While a request came by a path prefix, `reverse()` keeps that prefix."""

    def __init__(self, request: TenantRequest) -> None:
        named: Named | None = request.tenant_named
        self.prefix = named.path_prefix if named else ""

    def __enter__(self) -> None:
        self.outer = get_script_prefix()
        if self.prefix:
            set_script_prefix(self.outer.rstrip("/") + self.prefix + "/")

    def __exit__(self, *exc: object) -> None:
        set_script_prefix(self.outer)


def keep_private(response: HttpResponseBase) -> HttpResponseBase:
    """Keep a tenant's page out of every cache, a browser's after signing out included; a view may say otherwise."""
    if not response.has_header("Cache-Control"):
        response.headers["Cache-Control"] = "private, no-store"
    return response


def carry_scope(response: HttpResponseBase) -> HttpResponseBase:
    """Run every step of a streamed body in the scope of the view, which the middleware has left by then."""
    if getattr(response, "streaming", False):
        scope = current_scope()
        body: Any = response.streaming_content  # type: ignore[attr-defined]
        steps = _steps_async(body, scope) if getattr(response, "is_async", False) else _steps(body, scope)
        response.streaming_content = steps  # type: ignore[attr-defined]
    return response


def _steps(body: Iterator[bytes], scope: Scope) -> Iterator[bytes]:
    while True:
        with scope_opened(scope):
            try:
                step = next(body)
            except StopIteration:
                return
        yield step


async def _steps_async(body: AsyncIterator[bytes], scope: Scope) -> AsyncIterator[bytes]:
    while True:
        with scope_opened(scope):
            try:
                step = await anext(body)
            except StopAsyncIteration:
                return
        yield step


def remember_tenant(request: TenantRequest, tenant: Tenant) -> None:
    """Make `tenant` the session's tenant. The next request proves the membership; this proves nothing."""
    request.session[SESSION_KEY] = tenant.slug


__all__ = ["TenantMiddleware", "carry_scope", "find_membership", "keep_private", "remember_tenant"]
