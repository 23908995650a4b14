"""Registers this app's pages, one folder per noun."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from console.admin import ReadOnlyAdmin
from console.filters import MomentRangeFilter
from tenancy.admin import ObservedAccessAdminMixin
from tenancy.models import ObservedAccess

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

    list_display = ("at", "verb", "actor_address", "tenant_key", "target_model", "reason")
    list_filter = (("at", MomentRangeFilter),)
    exact_search = ("verb", "target_id", "actor_address", "request_id")
    search_help_text = _("Whole verb, address of the actor, id of the target or of the request")
    fields = (
        ("at", "verb"),
        ("actor_address", "actor_id"),
        ("tenant_key", "request_id"),
        ("target_model", "target_id"),
        "reason",
        "details",
    )


@admin.register(ObservedAccess)
class ObservedAccessAdmin(ObservedAccessAdminMixin, ReadOnlyAdmin):
    """What still touches models of tenants without a scope, while a project is being adopted; it shrinks to nothing."""

    list_before_template = "operations/observed.html"
    exact_search = ("place",)
    search_help_text = _("Whole place: path:function")
    fields = ("model", "what", "place", "line", "count", "first_seen_at", "last_seen_at")
