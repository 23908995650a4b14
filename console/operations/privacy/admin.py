"""Registers the privacy pages."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from console.admin import ConsoleModelAdmin, ReadOnlyAdmin, dialog_action
from pii.models import LegalHold, Reappearance, Restriction, Reveal
from pii.requests import lift, release_hold
from tenancy import audit

from . import requests
from .forms import HoldForm

__all__ = ["requests"]


def rows_marked(restriction: Restriction) -> str:
    n = restriction.rows.count()
    return ngettext("%(n)d row is marked.", "%(n)d rows are marked.", n) % {"n": n}


@admin.register(LegalHold)
class LegalHoldAdmin(ConsoleModelAdmin):
    """What may not be erased for now, and why; released with a reason, never deleted."""

    list_display = ("model", "tenant", "ground", "until", "released_at")
    list_select_related = ("tenant",)
    form = HoldForm
    fields = ("model", "key", "tenant", "ground", "until")
    actions_detail = ("release",)
    empty_words = _("Add a hold to keep what a court or an authority may ask for; no erasure and no purge passes it.")
    exact_search = ("key",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(super().has_change_permission(request, obj)) and obj is None

    def has_release_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("pii.change_legalhold")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.created_by_id = request.user.pk
        obj.save()
        audit.record("privacy.hold_placed", by=request.user, tenant=obj.tenant_id, target=obj)

    @dialog_action(
        permission="release",
        title=_("Release"),
        consequence=_("Erasures that waited for it are finished by the next sweep."),
        icon="lock_open",
        possible=lambda hold: hold.released_at is None,
    )
    def release(self, request: HttpRequest, form: Any, obj: LegalHold) -> Any:
        release_hold(obj, by=request.user, reason=form.cleaned_data["reason"])
        return _("Released.")


@admin.register(Reappearance)
class ReappearanceAdmin(ReadOnlyAdmin):
    """Erased people who came back: by import or restore (a task), by their own sign-up (a note)."""

    empty_words = _("Nobody who was erased has come back, by import, restore or sign-up.")
    list_display = ("at", "how", "model", "closed_at")
    list_filter = (("how", ChoicesDropdownFilter), ("closed_at", admin.EmptyFieldListFilter))
    fields = ("at", "how", "tenant_key", "model", "key", "closed_at")
    readonly_fields = fields
    actions_detail = ("close_task",)

    def has_close_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("pii.enter_datarequest")

    @dialog_action(
        permission="close",
        title=_("Close"),
        consequence=_("Somebody looked into it: the person may be kept, or is erased again by a request of its own."),
        icon="task_alt",
    )
    def close_task(self, request: HttpRequest, form: Any, obj: Reappearance) -> Any:
        if obj.closed_at is None:
            obj.closed_at = timezone.now()
            obj.save(update_fields=["closed_at"])
            reason = form.cleaned_data["reason"]
            audit.record("privacy.return_settled", by=request.user, tenant=obj.tenant_key, target=obj, reason=reason)
        return _("Closed.")


@admin.register(Restriction)
class RestrictionAdmin(ReadOnlyAdmin):
    """Whose data is kept and not processed (Art. 18), until it is lifted."""

    empty_words = _("No data is restricted; a request for restriction places one when it is carried out.")
    list_display = ("request", "tenant", "ground", "placed_at", "lifted_at")
    list_select_related = ("request", "tenant")
    list_filter = (("lifted_at", admin.EmptyFieldListFilter),)
    fields = ("request", "tenant", "ground", "placed_at", "lifted_at")
    readonly_fields = fields
    actions_detail = ("lift",)
    exact_search = ("request__number__iexact",)
    search_help_text = _("Number of the request")

    def has_lift_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("pii.enter_datarequest")

    @dialog_action(
        permission="lift",
        title=_("Lift"),
        consequence=_("The person is told first, with your reason; then the data may be processed again."),
        icon="lock_open",
        counts=rows_marked,
    )
    def lift(self, request: HttpRequest, form: Any, obj: Restriction) -> Any:
        lift(obj, by=request.user, reason=form.cleaned_data["reason"])
        return _("Lifted.")


@admin.register(Reveal)
class RevealAdmin(ReadOnlyAdmin):
    """Who looked at masked data, whose, and why."""

    empty_words = _("Nobody has looked behind a mask; whoever does gives a reason, and stands here.")
    list_display = ("at", "actor", "model", "key", "reason", "expires_at")
    list_select_related = ("actor",)
    fields = ("at", "actor", "model", "key", "reason", "expires_at")
    readonly_fields = fields
    exact_search = ("key",)
