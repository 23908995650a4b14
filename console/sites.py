"""The admin's site: runs its pages in staff scope, searches without a cache, and carries the admin's own CSP."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ImproperlyConfigured
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from unfold.sites import UnfoldAdminSite

from console.csp import allow_unfold
from console.pages import pages
from tenancy import TenantScopeRequired
from tenancy.middleware import carry_scope, keep_private
from tenancy.staff import is_staff_now, staff_at_work

SEARCH_LIMIT = 60  # eight of every kind, and the pages


class ConsoleAdminSite(UnfoldAdminSite):
    """Every page of the admin goes through `admin_view`, and there alone enters the staff scope."""

    site_header = site_title = _("Tenant Operations")
    index_title = _("Overview")
    enable_nav_sidebar = True
    opens_scope = True  # tenancy.E010 asks

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.disable_action("delete_selected")

    def extra_urls(self) -> list[URLPattern]:
        """The registered pages; unfold puts them before its own."""
        return [path(entry.route, self.admin_view(entry.view), name=entry.name) for entry in pages()]

    def extra_context(self, context: dict[str, Any], request: HttpRequest) -> dict[str, Any]:
        """What every page shows: the open staff sessions."""
        return {**context, "staff_sessions": getattr(request, "staff_sessions", [])}

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Take our own pages only: those of third parties guard less (a viewer may cancel jobs) and look different.

        Raises ImproperlyConfigured for a page of ours that is no ConsoleModelAdmin.
        """
        from console.admin import ConsoleModelAdmin

        if admin_class is not None and issubclass(admin_class, ConsoleModelAdmin):
            from console.operations.privacy.masked import masked_page

            models = [model_or_iterable] if isinstance(model_or_iterable, type) else model_or_iterable
            for model in models:
                super().register(model, masked_page(model, admin_class), **options)
        elif admin_class is not None and admin_class.__module__.startswith("console."):
            raise ImproperlyConfigured(f"{admin_class.__qualname__} must be a console.admin.ConsoleModelAdmin.")

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Callable[..., Any]:
        guarded: Callable[..., Any] = super().admin_view(in_staff_scope(view), cacheable)
        return guarded

    def search(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The palette and the sidebar's filter. Nothing is cached: a revoked permission counts from the next key on."""
        term = request.GET.get("s", "").strip()[:200]
        if not term:
            return HttpResponse()
        extended = "extended" in request.GET
        results = self._search_apps(self.get_app_list(request), term.lower())
        callback = self._get_config("COMMAND", request).get("search_callback")
        if extended and callback:
            results = [*self._get_value(callback, request, term), *results]
        results = results[:SEARCH_LIMIT]
        page = Paginator(results, SEARCH_LIMIT)
        return TemplateResponse(
            request,
            "unfold/helpers/command_results.html" if extended else "unfold/helpers/search_results.html",
            {"page_obj": page, "results": page.page(1), "page_counter": 0, "execution_time": 0},
            headers={"HX-Trigger": "search", "Cache-Control": "no-store"},
        )


def to_the_tenant(request: HttpRequest, closed: TenantScopeRequired) -> HttpResponse:
    """Lead to where a staff session is opened, since the page holds a tenant's records and none is open.

    Raises `closed` again where the person stands there already.
    """
    known = closed.tenant_id
    where = reverse("admin:tenant_page", args=[known]) if known else reverse("admin:tenancy_tenant_changelist")
    if request.path == where:
        raise closed
    words = _("That page holds an organisation's own records: open a staff session for it first.")
    messages.warning(request, words)
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": where})
    return HttpResponseRedirect(where)


def in_staff_scope(view: Callable[..., Any]) -> Callable[..., Any]:
    """Run a staff view in staff scope, rendering included; only behind a check that the person is staff.

    The records of tenants with an open staff session are in scope too, and each such page is recorded.
    """
    from console.operations.sessions import content_of, sessions_of
    from console.operations.visits import record_page

    @functools.wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not is_staff_now(request.user):  # the one page that `admin_view` lets strangers see: signing out
            return view(request, *args, **kwargs)
        with staff_at_work(request.user, reason="console", records=lambda: content_of(sessions_of(request))):
            record_page(request)
            try:
                response = view(request, *args, **kwargs)
                if hasattr(response, "render") and not response.is_rendered:
                    response.render()  # the template's lazy queries belong to the scope too
            except TenantScopeRequired as closed:
                response = to_the_tenant(request, closed)
            carry_scope(response)
        allow_unfold(response)
        if response.headers.get("Content-Type", "").startswith("text/html"):  # scripts of the admin are everybody's
            keep_private(response)
        return response

    return inner
