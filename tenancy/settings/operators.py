"""The operators' own pages over all tenants: values that no longer fit, and one setting changed for many."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from ..exceptions import TenantRefused
from ..models import BulkSettingChange, Tenant, TenantState
from . import bulk, cli
from .documents import ABSENT
from .errors import UnknownSetting
from .form.show import show
from .maintenance import NOBODY, misfits
from .pages import Pages
from .registry import registry

PER_PAGE = 1_000
LISTED = 20


class MisfitsPage(Pages):
    """Stored values that the declared schemas refuse: their tenants run with the inherited ones meanwhile."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Look through the next tenants that set anything."""
        try:
            after = UUID(request.GET.get("after", str(NOBODY)))
        except ValueError:
            raise Http404 from None
        keys = Tenant.objects.exclude(settings={}).filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)
        page = list(keys[: PER_PAGE + 1])
        found = misfits(Tenant.objects.filter(pk__in=page[:PER_PAGE]).order_by("name", "pk"))
        rows = [
            {"misfit": one, "url": self.tenant_url(one.tenant, one.name.partition(".")[0]), "stored": _stored(one)}
            for one in found
        ]
        return self.show(
            "misfits", rows=rows, seen=len(page[:PER_PAGE]), after=page[-2] if len(page) > PER_PAGE else ""
        )

    def tenant_url(self, tenant: Any, group: str) -> str:
        """Where the tenant's group is edited."""
        raise Http404


def _stored(misfit: Any) -> str:
    group, _dot, key = misfit.name.partition(".")
    values = misfit.tenant.settings[group].get("values", {}) if key else {}
    return show(values.get(key, ABSENT)) if isinstance(values, dict) and key else ""


class BulkPage(Pages):
    """Order one change for many tenants: a dry run first, then the change itself from its result."""

    def may_order(self) -> bool:
        """Whether the person may."""
        return False

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """The form and the latest orders."""
        return self._page()

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Start a dry run, or carry out what a finished dry run counted."""
        if not self.may_order():
            raise PermissionDenied
        try:
            if request.POST.get("_do") == "run":
                self._carry_out(request.POST)
            else:
                self._try(request.POST)
        except UnknownSetting as error:
            return self._page(str(error), 422)
        except TenantRefused as refused:
            return self._page(str(refused), 422)
        return HttpResponseRedirect(request.path)

    def _try(self, data: Any) -> None:
        setting = registry.setting(data.get("name", ""))
        value = ABSENT if data.get("is_reset") else cli.typed(setting, data.get("value", ""))
        reason = data.get("reason", "").strip()[:500]
        slugs = data.get("slugs", "").replace(",", " ").split()
        if not reason:
            raise TenantRefused(_("Say why: the reason stands in every tenant's history."), code="no_reason")
        found = Tenant.objects.filter(slug__in=slugs) if slugs else Tenant.objects.filter(state=TenantState.ACTIVE)
        chosen = dict(found.values_list("slug", "pk"))
        if absent := sorted(set(slugs) - set(chosen)):
            raise TenantRefused(_("No such tenant: %(slugs)s") % {"slugs": ", ".join(absent[:10])}, code="no_tenant")
        bulk.start(setting.name, value, chosen.values(), by=self.actor(), reason=reason, dry_run=True)

    def _carry_out(self, data: Any) -> None:
        try:
            tried = BulkSettingChange.objects.get(pk=UUID(data.get("order", "")), is_dry_run=True)
        except (ValueError, BulkSettingChange.DoesNotExist):
            raise Http404 from None
        value = ABSENT if tried.is_reset else tried.value
        tenant_ids = [UUID(key) for key in tried.tenant_ids]
        bulk.start(tried.name, value, tenant_ids, by=self.actor(), reason=tried.reason, dry_run=False)

    def _page(self, error: str = "", status: int = 200) -> HttpResponse:
        orders = [
            {
                "order": order,
                "who": self.who(order.actor_id),
                "value": show(ABSENT if order.is_reset else order.value),
                "refused": list(order.refused.items())[:10],
            }
            for order in BulkSettingChange.objects.all()[:LISTED]
        ]
        return self.show(
            "bulk",
            orders=orders,
            error=error,
            status=status,
            typed=self.request.POST,
            can_order=self.may_order(),
            settings=[
                setting for group in self.groups() for setting in group.settings.values() if not setting.is_secret
            ],
        )
