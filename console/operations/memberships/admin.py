"""Pages of memberships, and the table of them on a tenant and on a person."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter

from console.admin import ConsoleModelAdmin, dialog_action
from console.bulk import bulk_action
from console.filters import MomentRangeFilter
from console.lists.inline import CappedInlineFormSet
from console.operations import counts, sessions, view_as_middleware
from console.operations.forms import SessionForm
from console.operations.privacy.person import PersonActions
from tenancy import Role, memberships
from tenancy.models import UserTenantMembership


class MembershipInline(TabularInline):
    """The members of a tenant, or the tenants of a person; rows are changed on their own page."""

    model = UserTenantMembership
    fields = ("tenant", "user", "role", "is_active", "created_at")
    readonly_fields = fields
    extra = 0
    per_page = 20
    formset = CappedInlineFormSet
    show_change_link = True
    tab = True
    ordering = ("-created_at", "id")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("tenant", "user")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(UserTenantMembership)
class MembershipAdmin(PersonActions, ConsoleModelAdmin):
    """Memberships of all tenants; every save is a verb."""

    list_display = ("user", "tenant", "role", "is_active", "created_at")
    list_filter = (
        ("tenant", AutocompleteSelectFilter),
        ("role", ChoicesDropdownFilter),
        "is_active",
        ("created_at", MomentRangeFilter),
    )
    list_select_related = ("user", "tenant")
    exact_search = ("user__email",)
    word_search = "membership"
    empty_words = _("Import a file of people, or invite them from their tenant.")
    search_help_text = _("Address, external id, words of the name, or id")
    autocomplete_fields = ("user", "tenant")
    readonly_fields = ("id", "is_active", "created_at", "updated_at")
    actions = ("deactivate_selected", "reactivate_selected")
    actions_detail = ("view_as", "deactivate", "reactivate", *PersonActions.privacy_actions)
    never_deleted = _("Memberships are deactivated, not deleted.")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        own = ("tenant", "user", "role", "display_name", "external_id", "title")
        return own if obj is None else (*own, "is_active", "created_at", "updated_at", "id")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*self.readonly_fields, "tenant", "user") if obj else self.readonly_fields

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        said = {  # what is masked for the viewer is not in the form
            name: form.cleaned_data[name] for name in memberships.SAID_BY_THE_TENANT if name in form.cleaned_data
        }
        why: dict[str, Any] = {"by": request.user, "reason": "console"}
        if not change:
            made = memberships.assign_user_to_tenant(obj.user, obj.tenant, obj.role, **why, **said)
            obj.pk, obj._state.adding = made.pk, False
            return
        stored = UserTenantMembership.objects.get(pk=obj.pk)
        if set(form.changed_data) & said.keys():
            memberships.change_details(stored, **why, **said)
        memberships.change_role(stored, Role(obj.role), **why)

    def has_view_as_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm("operations.view_as_member"))

    @dialog_action(
        permission="view_as",
        title=_("View as this member"),
        consequence=_("You see the workspace as they do, and change nothing. Both of you stand on record."),
        form=SessionForm,
        icon="visibility",
        possible=lambda membership: membership.is_active,
    )
    def view_as(self, request: HttpRequest, form: Any, obj: UserTenantMembership) -> Any:
        given = form.cleaned_data
        session = sessions.view_as(obj, by=request.user, reason=given["reason"], ticket=given["ticket"])
        request.session[view_as_middleware.KEY] = str(session.pk)
        return _("You look through this member's eyes now: follow the banner into the workspace.")

    @dialog_action(
        permission="change",
        title=_("Deactivate"),
        consequence=_("The person is shut out of this tenant from the next click on; the account stays."),
        icon="person_off",
        danger=True,
        possible=lambda membership: membership.is_active,
        counts=counts.members_left,
    )
    def deactivate(self, request: HttpRequest, form: Any, obj: UserTenantMembership) -> Any:
        memberships.deactivate_membership(obj, by=request.user, reason=form.cleaned_data["reason"])
        return _("The membership is inactive.")

    @dialog_action(
        permission="change",
        title=_("Reactivate"),
        consequence=_("The person can enter this tenant again, with the role they had."),
        icon="person_check",
        possible=lambda membership: not membership.is_active,
    )
    def reactivate(self, request: HttpRequest, form: Any, obj: UserTenantMembership) -> Any:
        memberships.reactivate_membership(obj, by=request.user, reason=form.cleaned_data["reason"])
        return _("The membership is active.")

    @bulk_action(
        permission="change",
        title=_("Deactivate selected memberships"),
        consequence=_("These people are shut out of their tenant from the next click on."),
    )
    def deactivate_selected(self, obj: UserTenantMembership, *, by: Any, reason: str) -> None:
        memberships.deactivate_membership(obj, by=by, reason=reason)

    @bulk_action(
        permission="change",
        title=_("Reactivate selected memberships"),
        consequence=_("These people can enter their tenant again."),
    )
    def reactivate_selected(self, obj: UserTenantMembership, *, by: Any, reason: str) -> None:
        memberships.reactivate_membership(obj, by=by, reason=reason)
