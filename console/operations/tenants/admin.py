"""Pages of tenants: made and renamed by forms, their life led by dialogs."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ERROR_FLAG
from django.contrib.auth import get_user_model
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from import_export.admin import ImportExportModelAdmin
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.contrib.import_export.forms import ExportForm, ImportForm

from console.admin import ConsoleModelAdmin, column
from console.bulk import bulk_action
from console.filters import MomentRangeFilter
from console.needs import asks
from console.operations.memberships.admin import MembershipInline
from console.preferences.people import staff_name
from console.preferences.themes import UNFOLD
from tenancy import Role, audit, invitations, lifecycle
from tenancy.models import Tenant
from tenancy.settings.admin import TenantSettingsAdminMixin

from .forms import TenantForm
from .life import LifeActions
from .resources import TenantResource

STATE_COLOURS = {"active": "success", "suspended": "warning", "archived": "danger", "purged": "default"}


@admin.register(Tenant)
class TenantAdmin(LifeActions, TenantSettingsAdminMixin, ImportExportModelAdmin, ConsoleModelAdmin):
    """Tenants are made and renamed here; their life cycle is dialogs."""

    settings_theme = UNFOLD
    settings_reason_required = True
    form = TenantForm
    import_form_class = ImportForm
    export_form_class = ExportForm
    resource_classes = [TenantResource]
    list_display = ("name", "slug", "state_label", "created_at")
    list_filter = (("state", ChoicesDropdownFilter), ("created_at", MomentRangeFilter))
    exact_search = ("slug",)
    word_search = "tenant"
    page_name = "tenant_page"
    empty_words = _("Add the first tenant, or import a file of them.")
    search_help_text = _("Words of the name, slug, or id")
    readonly_fields = (
        "id",
        "state",
        "suspended_reason",
        "suspended_until",
        "archived_at",
        "created_at",
        "updated_at",
    )
    inlines = (MembershipInline,)
    actions_detail = LifeActions.life_actions
    actions = ("suspend_selected",)
    never_deleted = _("Tenants are archived, not deleted. A purge follows an archive after its waiting period.")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return [(None, {"fields": ("name", "slug", "owner")})]
        life = ("state", "suspended_reason", "suspended_until", "archived_at", "created_at", "updated_at", "id")
        return [(None, {"fields": ("name", "slug")}), (_("Life"), {"fields": life})]

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj else ()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            lifecycle.rename_tenant(obj, name=obj.name, slug=obj.slug, by=request.user, reason="console")
        else:
            email = form.cleaned_data.get("owner", "").strip().lower()
            owner = get_user_model().objects.filter(email=email, is_active=True).first() if email else None
            made = lifecycle.create_tenant(name=obj.name, slug=obj.slug, owner=owner, by=request.user, reason="console")
            if email and owner is None:
                invitations.invite(email, made, Role.OWNER, by=request.user)
            obj.pk, obj._state.adding = made.pk, False

    @column(description=_("State"), label=STATE_COLOURS, ordering="state")
    def state_label(self, obj: Tenant) -> tuple[str, Any]:
        return obj.state, obj.get_state_display()  # type: ignore[attr-defined]  # choices

    @bulk_action(
        permission="suspend",
        title=_("Suspend selected tenants"),
        consequence=_("Their members cannot enter until somebody restores them, and are shown your reason."),
    )
    def suspend_selected(self, obj: Tenant, *, by: Any, reason: str) -> None:
        lifecycle.suspend_tenant(obj, by=by, reason=reason)

    def settings_actor(self, actor_id: str) -> str:
        return staff_name(actor_id)

    def get_import_resource_kwargs(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_import_resource_kwargs(request, *args, **kwargs), "actor": request.user}

    def generate_log_entries(self, result: Any, request: HttpRequest) -> None:
        audit.record("tenants.imported", by=request.user, details={key: n for key, n in result.totals.items() if n})

    @asks("export")
    def export_action(self, request: HttpRequest) -> HttpResponseBase:
        try:
            return super().export_action(request)  # type: ignore[no-any-return]
        except IncorrectLookupParameters:  # as the list itself answers a filter that there is not
            return redirect(f"{reverse('admin:tenancy_tenant_changelist')}?{ERROR_FLAG}=1")

    def get_data_for_export(self, request: HttpRequest, queryset: Any, **kwargs: Any) -> Any:
        audit.record("tenants.exported", by=request.user, details={"rows": queryset.count()})
        return super().get_data_for_export(request, queryset, **kwargs)
