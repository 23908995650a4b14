"""Pages of invitations: sent, sent again, revoked, never edited."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter

from console.admin import ConsoleModelAdmin, ReasonForm, dialog_action
from console.filters import MomentRangeFilter
from console.operations import counts
from tenancy import invitations
from tenancy.models import Invitation


def is_pending(invitation: Invitation) -> bool:
    """Whether somebody may still accept it, once it is sent again where it expired."""
    return invitation.accepted_at is None and invitation.revoked_at is None


@admin.register(Invitation)
class InvitationAdmin(ConsoleModelAdmin):
    """Invitations are sent, sent again and revoked; they are never edited."""

    list_display = ("email", "tenant", "role", "created_at", "expires_at", "accepted_at", "revoked_at")
    list_filter = (
        ("tenant", AutocompleteSelectFilter),
        ("role", ChoicesDropdownFilter),
        ("created_at", MomentRangeFilter),
    )
    list_select_related = ("tenant",)
    exact_search = ("email",)
    word_search = "invitation"
    empty_words = _("Invite somebody: they get a mail with a link, good for some days.")
    search_help_text = _("Address, its domain, or id")
    autocomplete_fields = ("tenant",)
    actions_detail = ("resend", "revoke")
    never_deleted = _("Invitations are revoked, not deleted.")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        own = ("tenant", "email", "role")
        return own if obj is None else (*own, "created_at", "expires_at", "sent_count", "accepted_at", "revoked_at")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj) if obj else ()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            return
        made = invitations.invite(obj.email, obj.tenant, obj.role, by=request.user)
        obj.pk, obj._state.adding = made.pk, False

    @dialog_action(
        permission="change",
        title=_("Send again"),
        consequence=_("A new mail with a new link goes out; the old link stops working."),
        icon="forward_to_inbox",
        possible=is_pending,
        counts=counts.mails_sent,
    )
    def resend(self, request: HttpRequest, form: Any, obj: Invitation) -> Any:
        invitations.resend(obj, by=request.user, reason=form.cleaned_data["reason"])
        return _("The invitation is on its way.")

    @dialog_action(
        permission="change",
        title=_("Revoke"),
        consequence=_("The link in the mail stops working."),
        form=ReasonForm,
        icon="cancel_schedule_send",
        danger=True,
        possible=is_pending,
        counts=counts.mails_sent,
    )
    def revoke(self, request: HttpRequest, form: Any, obj: Invitation) -> Any:
        invitations.revoke(obj, by=request.user, reason=form.cleaned_data["reason"])
        return _("The invitation is revoked.")
