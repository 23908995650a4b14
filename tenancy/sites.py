"""Stock django.contrib.admin over rows of tenants: its views run in staff scope, one tenant's records on request.

In INSTALLED_APPS, ``"tenancy.sites.TenantAdminConfig"`` takes the place of ``"django.contrib.admin"``.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.admin import AdminSite, RelatedFieldListFilter, RelatedOnlyFieldListFilter, site
from django.contrib.admin.apps import AdminConfig
from django.contrib.admin.sites import all_sites
from django.contrib.admin.utils import flatten, flatten_fieldsets, get_fields_from_path
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from .exceptions import TenantScopeRequired
from .staff import staff_at_work

SESSION_KEY = "tenancy_staff_session"
SESSION_SECONDS = 30 * 60


class TenantAdminConfig(AdminConfig):
    """Django's own configuration with a site whose views run in staff scope."""

    default = False
    default_site = "tenancy.sites.TenantAdminSite"


class TenantAdminSite(AdminSite):
    """Django's site. The directory of tenants is open to staff; records of one tenant for half an hour, with a reason.

    Opening needs the permission ``tenancy.change_tenant`` and is recorded through `tenancy.audit`.
    """

    opens_scope = True

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        inner = super().admin_view(view, cacheable)

        @functools.wraps(inner)
        def in_staff_scope(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not self.has_permission(request):
                return inner(request, *args, **kwargs)  # type: ignore[no-any-return]
            from .middleware import carry_scope

            opened = open_tenant_id(request)
            records = frozenset([opened]) if opened else frozenset()
            with staff_at_work(request.user, reason="admin", records=lambda: records):
                try:
                    response = inner(request, *args, **kwargs)
                    if hasattr(response, "render"):
                        response = response.render()  # templates query too, and Django renders after the view
                except TenantScopeRequired:
                    messages.info(request, _("Choose the tenant whose records you need, and say why."))
                    return redirect(f"{reverse('admin:open_tenant')}?{_next(request)}")
                return carry_scope(response)

        return in_staff_scope

    def get_urls(self) -> list[URLResolver | URLPattern]:
        own: list[URLResolver | URLPattern] = [
            path("open-tenant/", self.admin_view(self.open_tenant), name="open_tenant"),
            path("close-tenant/", self.admin_view(self.close_tenant), name="close_tenant"),
        ]
        return own + super().get_urls()

    def open_tenant(self, request: HttpRequest) -> HttpResponseBase:
        """Ask for a tenant and a reason; a POST opens its records in this session."""
        from .audit import record
        from .models import Tenant

        if not request.user.has_perm("tenancy.change_tenant"):
            raise PermissionDenied
        target = request.GET.get("next", "")
        if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
            target = reverse("admin:index")
        slug, reason = request.POST.get("slug", "").strip(), request.POST.get("reason", "").strip()
        problem = ""
        if request.method == "POST":
            tenant = Tenant.objects.filter(slug=slug).first()
            if tenant is not None and reason:
                until = int(time.time()) + SESSION_SECONDS
                request.session[SESSION_KEY] = {"tenant": str(tenant.pk), "until": until}
                record("staff_session.opened", by=request.user, tenant=tenant, reason=reason)
                return redirect(target)
            problem = _("There is no tenant with this slug.") if reason else _("Say why.")
        context = {**self.each_context(request), "title": _("Open a tenant's records")}
        context |= {"slug": slug, "reason": reason, "problem": problem}
        return TemplateResponse(request, "tenancy/open_tenant.html", context, status=400 if problem else 200)

    def close_tenant(self, request: HttpRequest) -> HttpResponseBase:
        """A POST ends the staff session."""
        from .audit import record

        if request.method == "POST" and (opened := open_tenant_id(request)):
            del request.session[SESSION_KEY]
            record("staff_session.closed", by=request.user, tenant=opened)
        return redirect("admin:index")


def open_tenant_id(request: HttpRequest) -> UUID | None:
    """The tenant whose records this staff member has opened, or None once the time is over."""
    opened = request.session.get(SESSION_KEY)
    return UUID(opened["tenant"]) if opened and opened["until"] > time.time() else None


def _next(request: HttpRequest) -> str:
    from urllib.parse import urlencode

    return urlencode({"next": request.get_full_path()})


def registered() -> Iterator[tuple[AdminSite, Any, Any]]:
    """Every page of every admin site: (site, model, ModelAdmin)."""
    for each in all_sites:
        for model, page in each._registry.items():
            yield each, model, page


def options_of_filter(page: Any, entry: Any) -> Any:
    """The model whose rows a stock list filter lists as its options, one by one; None where it lists none."""
    path, kind = entry if isinstance(entry, (list, tuple)) else (entry, None)
    if not isinstance(path, str) or kind not in (None, RelatedFieldListFilter, RelatedOnlyFieldListFilter):
        return None
    return get_fields_from_path(page.model, path)[-1].related_model


def options_of_form(page: Any) -> Iterator[tuple[str, Any]]:
    """The foreign keys that the page's form shows as a list of all rows: (field, model)."""
    searched = {*page.autocomplete_fields, *page.raw_id_fields, *page.readonly_fields, *(page.exclude or ())}
    shown = flatten_fieldsets(page.fieldsets) if page.fieldsets else page.fields and flatten(page.fields)
    for field in page.model._meta.fields:
        if field.many_to_one and field.editable and field.name not in searched and (not shown or field.name in shown):
            yield field.name, field.related_model


def is_registered(model: Any) -> bool:
    """Whether the default admin site shows this model."""
    return site.is_registered(model)


def site_has_scope() -> bool:
    """Whether the default admin site opens a scope around its views."""
    return bool(getattr(site, "opens_scope", False))
