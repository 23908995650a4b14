"""The pages of settings inside an admin site, stock or styled: mixins for two ModelAdmins."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import path, reverse
from django.utils.translation import gettext as _

from . import store
from .errors import UnknownSetting
from .history_page import HistoryPage
from .operators import BulkPage, MisfitsPage
from .pages import GroupPage, IndexPage, Pages
from .targets import PlatformTarget, Target, TenantTarget
from .theme import PLAIN, Theme


class AdminPages(Pages):
    """Pages of one ModelAdmin; staff act with the right ``staff``, guarded by the ModelAdmin's own permissions."""

    base_template = "admin/base_site.html"
    heading = "h2"  # the admin's own heading is the page's h1
    model_admin: Any = None
    needs: ClassVar[tuple[str, ...]] = ("view", "change")  # what `dispatch` asks for, for whoever lists addresses
    kind: ClassVar[str] = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        admin = self.model_admin
        self.theme = admin.settings_theme  # type: ignore[misc]
        self.base_template = admin.settings_base_template  # type: ignore[misc]
        self.reason_required = admin.settings_reason_required  # type: ignore[misc]
        self.found = self.load()
        is_write = request.method not in ("GET", "HEAD", "OPTIONS")
        if not (admin.may_change_settings if is_write else admin.has_view_permission)(request, self.found):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def load(self) -> Any:
        """The object that the ModelAdmin's permissions are asked about."""
        return None

    def editor(self) -> str:
        return "staff" if self.model_admin.may_change_settings(self.request, self.found) else "nobody"

    def who(self, actor_id: str) -> str:
        return self.model_admin.settings_actor(actor_id) if actor_id else super().who(actor_id)

    def url(self, page: str, **kwargs: str) -> str:
        """The address of one of the pages."""
        name = f"{self.model_admin.admin_site.name}:{self.kind}_{page}"
        return reverse(name, kwargs=self.own_kwargs() | kwargs)

    def own_kwargs(self) -> dict[str, str]:
        """What all addresses carry."""
        return {}

    def index_url(self) -> str:
        return self.url("index")

    def group_url(self, key: str) -> str:
        return self.url("group", group=key)

    def extra_links(self) -> list[tuple[str, str]]:
        return [(_("History"), self.url("history"))]

    def extra_context(self) -> dict[str, Any]:
        admin = self.model_admin
        context: dict[str, Any] = admin.admin_site.each_context(self.request)
        context |= {"opts": admin.opts, "original": self.found}
        return context | {"title": self.page_title()}


class TenantPages(AdminPages):
    """The settings of one tenant."""

    kind = "tenancy_tenant_settings"

    def load(self) -> Any:
        tenant = self.model_admin.get_object(self.request, unquote(self.kwargs["object_id"]))
        if tenant is None:
            raise Http404
        return tenant

    def own_kwargs(self) -> dict[str, str]:
        return {"object_id": self.kwargs["object_id"]}

    def target(self) -> Target:
        return TenantTarget(self.found)

    def page_title(self) -> str:
        return _("Settings of %(slug)s") % {"slug": self.found.slug}


class PlatformPages(AdminPages):
    """The overrides and locks of the platform."""

    kind = "tenancy_platformsettings"

    def target(self) -> Target:
        return PlatformTarget()

    def page_title(self) -> str:
        return _("Platform settings")

    def extra_links(self) -> list[tuple[str, str]]:
        return [
            (_("Locks"), self.url("locks")),
            (_("Change for many tenants"), self.url("bulk")),
            (_("Values that do not fit"), self.url("misfits")),
            *super().extra_links(),
        ]


class TenantIndex(TenantPages, IndexPage):
    """Overview."""


class TenantGroup(TenantPages, GroupPage):
    """One group."""


class TenantHistory(TenantPages, HistoryPage):
    """History."""


class PlatformIndex(PlatformPages, IndexPage):
    """Overview."""


class PlatformGroup(PlatformPages, GroupPage):
    """One group."""


class PlatformHistory(PlatformPages, HistoryPage):
    """History; going back is a matter for each tenant."""

    can_roll_back = False


class PlatformLocks(PlatformPages):
    """Which settings no tenant may override."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Every setting with its lock."""
        return self._page()

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Lock or unlock one setting; a reason is required."""
        name, reason = request.POST.get("name", ""), request.POST.get("reason", "").strip()[:500]
        if not reason:
            return self._page(_("Say why: the reason is shown to those who may not change the setting."), 422)
        verb = "lock" if request.POST.get("_do") == "lock" else "unlock"
        locks: Any = {verb: [name]}
        try:
            store.change_platform({}, by=self.actor(), reason=reason, source="form", **locks)
        except UnknownSetting:
            raise Http404 from None
        return HttpResponseRedirect(self.url("locks"))

    def _page(self, error: str = "", status: int = 200) -> HttpResponseBase:
        held = PlatformTarget().locks
        rows = [(setting, held.get(setting.name)) for group in self.groups() for setting in group.settings.values()]
        return self.show("locks", rows=rows, error=error, status=status, can_lock=self.editor() == "staff")


class PlatformMisfits(PlatformPages, MisfitsPage):
    """Stored values that the declared schemas refuse."""

    def tenant_url(self, tenant: Any, group: str) -> str:
        name = f"{self.model_admin.admin_site.name}:{TenantPages.kind}_group"
        return reverse(name, kwargs={"object_id": tenant.pk, "group": group})


class PlatformBulk(PlatformPages, BulkPage):
    """One setting changed for many tenants."""

    def may_order(self) -> bool:
        return bool(self.request.user.has_perm("tenancy.add_bulksettingchange"))  # type: ignore[union-attr]


class SettingsAdminMixin:
    """What both mixins share: the look, and how actors are called."""

    settings_theme: Theme = PLAIN
    settings_base_template = "admin/base_site.html"
    settings_reason_required = False

    def may_change_settings(self, request: HttpRequest, obj: Any) -> bool:
        """Whether the person acts with the right ``staff``; without it the pages only show."""
        return bool(self.has_change_permission(request, obj))  # type: ignore[attr-defined]

    def settings_actor(self, actor_id: str) -> str:
        """How the person behind a key is called on history pages."""
        return actor_id

    def _settings_urls(self, views: dict[str, Any], prefix: str, kind: str) -> list[Any]:
        wrap = self.admin_site.admin_view  # type: ignore[attr-defined]
        tails = {"index": "", "group": "group/<slug:group>/"}
        return [
            path(f"{prefix}{tails.get(page, page + '/')}", wrap(view.as_view(model_admin=self)), name=f"{kind}_{page}")
            for page, view in views.items()
        ]


class TenantSettingsAdminMixin(SettingsAdminMixin):
    """For the ModelAdmin of Tenant: pages under ``<key>/settings/``."""

    def get_urls(self) -> list[Any]:
        views = {"index": TenantIndex, "history": TenantHistory, "group": TenantGroup}
        own = self._settings_urls(views, "<path:object_id>/settings/", TenantPages.kind)
        return [*own, *super().get_urls()]  # type: ignore[misc]


class PlatformSettingsAdminMixin(SettingsAdminMixin):
    """For the ModelAdmin of PlatformSettings: the overview stands in the place of the list."""

    def get_urls(self) -> list[Any]:
        views = {
            "index": PlatformIndex,
            "history": PlatformHistory,
            "locks": PlatformLocks,
            "bulk": PlatformBulk,
            "misfits": PlatformMisfits,
            "group": PlatformGroup,
        }
        own = self._settings_urls(views, "settings/", PlatformPages.kind)
        return [*own, *super().get_urls()]  # type: ignore[misc]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponseBase:
        """The overview."""
        return PlatformIndex.as_view(model_admin=self)(request)

    def change_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """There is one row, and these pages are its form."""
        return self.changelist_view(request)
