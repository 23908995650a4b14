"""Registers this app's pages, one folder per noun."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery, Value
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from console.admin import ReadOnlyAdmin, column
from console.filters import MomentRangeFilter
from tenancy.admin import ObservedAccessAdminMixin
from tenancy.models import ObservedAccess, Tenant

from .actors import actor_of, with_known_actors
from .bulk import admin as bulk
from .four_eyes import admin as four_eyes
from .invitations import admin as invitations
from .jobs import admin as jobs
from .memberships import admin as memberships
from .models import AuditEvent
from .privacy import admin as privacy
from .tenants import admin as tenants
from .tenants import purges

__all__ = ["bulk", "four_eyes", "invitations", "jobs", "memberships", "privacy", "purges", "tenants"]


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    """What was done, newest first."""

    empty_words = _("Every privileged act writes its line here: who, what, whom and why.")
    list_display = ("at", "verb", "actor", "tenant", "target_model", "reason")
    list_filter = (("at", MomentRangeFilter),)
    exact_search = ("verb", "target_id", "actor_address", "request_id")
    search_help_text = _("Whole verb, address of the actor, id of the target or of the request")
    fields = (
        ("at", "verb"),
        ("actor", "actor_id"),
        ("tenant", "request_id"),
        ("target_model", "target_id"),
        "reason",
        "details",
    )
    readonly_fields = ("actor", "tenant")

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEvent]:
        """With the name of each act's tenant, for whoever may see tenants, and whether its actor may be read."""
        rows: QuerySet[AuditEvent] = with_known_actors(request, super().get_queryset(request))
        name: Any = Value("")
        if request.user.has_perm("tenancy.view_tenant"):
            name = Subquery(Tenant.objects.filter(pk=OuterRef("tenant_key")).values("name"))
        return rows.annotate(tenant_name=name)

    @column(description=_("Actor"))
    def actor(self, obj: Any) -> str:
        """A colleague's address as it was; a member's masked outside of a session for their tenant."""
        return actor_of(obj)

    @column(description=_("Tenant"))
    def tenant(self, obj: Any) -> Any:
        """By name and link; by key where it is purged or out of sight."""
        if not obj.tenant_name:
            return obj.tenant_key or "-"
        where = reverse("admin:tenant_page", args=[obj.tenant_key])
        return format_html('<a class="text-link" href="{}">{}</a>', where, obj.tenant_name)


@admin.register(ObservedAccess)
class ObservedAccessAdmin(ObservedAccessAdminMixin, ReadOnlyAdmin):
    """What still touches models of tenants without a scope, while a project is being adopted; it shrinks to nothing."""

    empty_words = _(
        "Every access was scoped. Set enforcement to “observe” while a project moves over, and strays show here."
    )
    list_before_template = "operations/observed.html"
    exact_search = ("place",)
    search_help_text = _("Whole place: path:function")
    fields = ("model", "what", "place", "line", "count", "first_seen_at", "last_seen_at")
