"""The app's pages on stock django.contrib.admin; a project with an admin site of its own registers its own."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from .models import ObservedAccess, PlatformSettings, Tenant, UserTenantMembership
from .settings.admin import PlatformSettingsAdminMixin, TenantSettingsAdminMixin


class ReadOnlyMixin:
    """For rows that only the product itself writes."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class SeenFilter(admin.SimpleListFilter):
    """What is still being seen: the list shrinks as places are mended."""

    title = _("last seen")
    parameter_name = "seen"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("24", _("in the last 24 hours")), ("168", _("in the last 7 days"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ObservedAccess]) -> QuerySet[ObservedAccess]:
        hours = self.value()
        if hours not in ("24", "168"):
            return queryset
        return queryset.filter(last_seen_at__gte=timezone.now() - timedelta(hours=int(hours)))


class ObservedAccessAdminMixin(ReadOnlyMixin):
    """The list of accesses that no scope covered; mix it into your own ModelAdmin class, or use it as it is here."""

    list_display: Any = ("place", "line", "model", "what", "count", "first_seen_at", "last_seen_at")
    list_filter: Any = (SeenFilter, "model", "what")
    search_fields: Any = ("place", "model")
    ordering: Any = ("-last_seen_at", "id")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        day_ago = timezone.now() - timedelta(hours=24)
        alive = ObservedAccess.objects.filter(last_seen_at__gte=day_ago).count()
        title = _("%(all)s places without a scope, %(alive)s of them seen in the last 24 hours") % {
            "all": ObservedAccess.objects.count(),
            "alive": alive,
        }
        context = {"title": title, **(extra_context or {})}
        return super().changelist_view(request, context)  # type: ignore[misc, no-any-return]


@admin.register(ObservedAccess)
class ObservedAccessAdmin(ObservedAccessAdminMixin, admin.ModelAdmin):  # type: ignore[type-arg]
    """Stock."""


@admin.register(Tenant)
class TenantAdmin(TenantSettingsAdminMixin, ReadOnlyMixin, admin.ModelAdmin):  # type: ignore[type-arg]
    """The directory, and each tenant's settings. Its life is changed by `tenancy.lifecycle`, never by a form."""

    settings_reason_required = True
    list_display = ("name", "slug", "state", "created_at", "settings_link")
    list_filter = ("state",)
    search_fields = ("name", "slug")
    ordering = ("name", "id")

    def may_change_settings(self, request: HttpRequest, obj: Any) -> bool:
        return request.user.has_perm("tenancy.change_tenant")

    @admin.display(description=_("settings"))
    def settings_link(self, tenant: Tenant) -> str:
        address = reverse(f"{self.admin_site.name}:tenancy_tenant_settings_index", args=[tenant.pk])
        return format_html('<a href="{}">{}</a>', address, _("Settings"))


@admin.register(PlatformSettings)
class PlatformSettingsAdmin(PlatformSettingsAdminMixin, admin.ModelAdmin):  # type: ignore[misc, type-arg]
    """Overrides and locks for every tenant, one change for many, and values that no longer fit."""

    settings_reason_required = True


@admin.register(UserTenantMembership)
class UserTenantMembershipAdmin(ReadOnlyMixin, admin.ModelAdmin):  # type: ignore[type-arg]
    """The directory of who belongs where, by keys: names and addresses are the persons' own."""

    list_display = ("id", "tenant", "user_id", "role", "is_active", "created_at")
    list_filter = ("role", "is_active")
    list_select_related = ("tenant",)
    ordering = ("-created_at", "id")
