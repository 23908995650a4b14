"""The worklist by deadline, and one page per request with everything that can be done now."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateFilter

from console.admin import ConsoleModelAdmin, column
from pii import requests as verbs
from pii.models import DataRequest, State

from . import decisions, downloads, finding, panels, progress, records, rectifying, review
from .forms import IntakeForm
from .verbs_carrying_out import CarryingOutVerbs
from .verbs_ending import EndingVerbs
from .verbs_identity import IdentityVerbs

CLOSED = (State.DONE, State.REFUSED, State.WITHDRAWN)
__all__ = ["decisions", "finding", "progress", "rectifying"]  # pages that register themselves


class OpenFilter(admin.SimpleListFilter):
    """A worklist shows what is left to do; what is over is a click away."""

    title = _("work")
    parameter_name = "work"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("over", _("Over")), ("all", _("All"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "all" or request.GET.get("state__exact") or request.GET.get("q"):
            return queryset
        return queryset.filter(state__in=CLOSED) if self.value() == "over" else queryset.exclude(state__in=CLOSED)

    def choices(self, changelist: Any) -> Any:
        first, *others = super().choices(changelist)
        yield {**first, "display": _("Open")}
        yield from others


@admin.register(DataRequest)
class DataRequestAdmin(IdentityVerbs, CarryingOutVerbs, EndingVerbs, ConsoleModelAdmin):
    """Privacy requests, the one that is due first on top."""

    empty_words = _("Nothing is due. Add a request when somebody asks for their data, or for its erasure.")
    form = IntakeForm
    list_display = ("number", "kind", "shown_state", "tenant", "shown_due", "requested_by")
    list_filter = (
        OpenFilter,
        ("state", ChoicesDropdownFilter),
        ("kind", ChoicesDropdownFilter),
        ("due_on", RangeDateFilter),
    )
    list_select_related = ("tenant", "requested_by")
    ordering = ("due_on", "number")
    exact_search = ("number__iexact",)
    search_help_text = _("Number of the request")
    never_deleted = _("A request stays on record; its identifiers are scrubbed when it is done.")
    actions_detail = (
        *IdentityVerbs.identity_verbs,
        *CarryingOutVerbs.carrying_out_verbs,
        *EndingVerbs.ending_verbs,
    )

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        own = [
            path("<uuid:key>/review/", wrap(review.queue), name="pii_review"),
            path("packages/<uuid:key>/", wrap(downloads.download), name="pii_package"),
            path("record/", wrap(records.article_30), name="pii_record"),
            path("coverage/", wrap(records.coverage), name="pii_coverage"),
        ]
        return [*own, *super().get_urls()]

    # Who may ------------------------------------------------------------------------------------------------------
    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("pii.enter_datarequest")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # a request is changed by its verbs alone

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        names = ("pii.view_datarequest", "pii.enter_datarequest", "pii.approve_datarequest")
        return any(request.user.has_perm(name) for name in names)

    def has_enter_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("pii.enter_datarequest")

    def has_approve_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("pii.approve_datarequest")

    # What is shown ------------------------------------------------------------------------------------------------
    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            who = ("emails", "phones", "contact_name", "contact_email")
            return [(None, {"fields": ("kind", "tenant", *who, "message", "received_at")})]
        return [
            (None, {"fields": (("number", "kind"), ("shown_state", "tenant"), ("received_at", "due_on"))}),
            (_("Identity"), {"fields": (("identity_method", "identity_at"),)}),
            (_("Plan"), {"fields": ("shown_plan",)}),
            (_("Progress"), {"fields": ("shown_progress",)}),
            (_("Proof"), {"fields": ("shown_proof",)}),
            (_("What happened"), {"fields": ("shown_events",)}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ()
        names: list[str] = []
        for _title, options in self.get_fieldsets(request, obj):
            for entry in options["fields"]:
                names += entry if isinstance(entry, tuple) else [entry]
        return names

    @column(
        description=_("State"),
        label={
            State.DONE.label: "success",
            State.FAILED.label: "danger",
            State.RUNNING.label: "info",
            State.VERIFYING.label: "info",
            State.REFUSED.label: "warning",
        },
    )
    def shown_state(self, obj: DataRequest) -> Any:
        return obj.get_state_display()

    @column(description=_("Due"), label={"late": "danger", "soon": "warning", "": "default"})
    def shown_due(self, obj: DataRequest) -> Any:
        left = (obj.due_on - timezone.now().date()).days
        how = "" if not obj.is_open else "late" if left < 0 else "soon" if left <= 7 else ""
        return how, f"{obj.due_on:%d %b %Y}"

    @column(description="")
    def shown_plan(self, obj: DataRequest) -> Any:
        return panels.plan(obj)

    @column(description="")
    def shown_progress(self, obj: DataRequest) -> Any:
        return panels.progress(obj)

    @column(description="")
    def shown_proof(self, obj: DataRequest) -> Any:
        return panels.proof(obj)

    @column(description="")
    def shown_events(self, obj: DataRequest) -> Any:
        return panels.events(obj)

    # Verbs --------------------------------------------------------------------------------------------------------
    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        data = form.cleaned_data
        made = verbs.receive(
            data["kind"],
            by=request.user,
            emails=data["emails"],
            phones=data["phones"],
            tenant=data["tenant"],
            contact_name=data["contact_name"],
            contact_email=data["contact_email"],
            message=data["message"],
            received_at=data["received_at"],
        )
        obj.pk, obj.number, obj._state.adding = made.pk, made.number, False

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The request's own events say it; Django's log would freeze more than it should."""
