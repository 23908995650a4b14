"""The worklist by deadline, and one page per request with everything that can be done now."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from console.admin import ConsoleModelAdmin, column, dialog_action
from pii import requests as verbs
from pii.erase import start_erasure
from pii.exceptions import RequestRefused
from pii.export import start_export
from pii.models import DataRequest, State, TenantDecision
from pii.plan import make_plan
from tenancy.models import Tenant

from . import downloads, panels, records, review
from .dialogs import AttestForm, CodeForm, DecisionForm, PlanHashForm, TypedNumberForm
from .forms import IntakeForm

OPEN = tuple(state for state in State if state not in (State.DONE, State.REFUSED, State.WITHDRAWN))


@admin.register(DataRequest)
class DataRequestAdmin(ConsoleModelAdmin):
    """Privacy requests, the one that is due first on top."""

    form = IntakeForm
    list_display = ("number", "kind", "shown_state", "tenant", "shown_due", "requested_by_id")
    list_filter = (("state", ChoicesDropdownFilter), ("kind", ChoicesDropdownFilter))
    list_select_related = ("tenant",)
    ordering = ("due_on", "number")
    exact_search = ("number__iexact",)
    search_help_text = _("Number of the request")
    autocomplete_fields = ("tenant",)
    never_deleted = _("A request stays on record; its identifiers are scrubbed when it is done.")
    actions_detail = (
        "send_code",
        "check_code",
        "attest_identity",
        "doubt_identity",
        "plan_again",
        "decide",
        "make_package",
        "approve",
        "carry_out",
        "extend",
        "refuse",
        "withdraw",
        "finish",
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
            (None, {"fields": (("number", "kind"), ("shown_state", "tenant"), ("received_at", "shown_due"))}),
            (_("Identity"), {"fields": (("identity_method", "identity_at"),)}),
            (_("Plan"), {"fields": ("shown_plan",)}),
            (_("Steps"), {"fields": ("shown_steps",)}),
            (_("Package"), {"fields": ("shown_packages",)}),
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
    def shown_steps(self, obj: DataRequest) -> Any:
        return panels.steps(obj)

    @column(description="")
    def shown_packages(self, obj: DataRequest) -> Any:
        return panels.packages(obj)

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

    @dialog_action(
        permission="enter",
        title=_("Send a code"),
        consequence=_("A one-time code goes to every address on file, never to one that came with the request."),
        icon="pin",
    )
    def send_code(self, request: HttpRequest, form: Any, obj: DataRequest) -> Any:
        verbs.send_code(obj, by=request.user)
        return _("The code is on its way.")

    @dialog_action(
        permission="enter",
        title=_("Enter the code"),
        consequence=_("Five tries, 24 hours."),
        form=CodeForm,
        icon="password",
    )
    def check_code(self, request: HttpRequest, form: Any, obj: DataRequest) -> Any:
        if not verbs.confirm_code(obj, form.cleaned_data["code"], by=request.user):
            return _("That is not the code; the try is counted.")
        return _("The identity is confirmed.")

    @dialog_action(
        permission="enter",
        title=_("Attest the identity"),
        consequence=_("You vouch for it; your name stands beside the method."),
        form=AttestForm,
        icon="verified_user",
    )
    def attest_identity(self, request: HttpRequest, form: Any, obj: DataRequest) -> Any:
        verbs.attest(obj, by=request.user, method=form.cleaned_data["method"])
        return _("The identity is confirmed.")

    @dialog_action(
        permission="enter",
        title=_("Doubt the identity"),
        consequence=_("The clock stops until it is confirmed."),
        icon="person_alert",
    )
    def doubt_identity(self, request: HttpRequest, form: Any, obj: DataRequest) -> Any:
        verbs.doubt_identity(obj, by=request.user, ground=form.cleaned_data["reason"])
        return _("The clock is stopped.")

    @dialog_action(
        permission="enter",
        title=_("Plan"),
        consequence=_("Everything is looked up and counted; an earlier approval falls."),
        icon="checklist",
    )
    def plan_again(self, request: HttpRequest, form: Any, obj: DataRequest) -> Any:
        make_plan(obj, by=request.user)
        return _("The plan is made.")

    @dialog_action(
        permission="enter",
        title=_("Decide an organisation"),
        consequence=_("Each organisation decides over its own data. The plan is made anew."),
        form=DecisionForm,
        icon="rule",
    )
    def decide(self, request: HttpRequest, form: Any, obj: DataRequest) -> Any:
        tenant = Tenant.objects.filter(slug=form.cleaned_data["tenant"]).first()
        if tenant is None or not TenantDecision.objects.filter(request=obj, tenant=tenant).exists():
            raise RequestRefused(str(_("This organisation is not part of the request.")), code="not_found")
        answer, ground = form.cleaned_data["answer"], form.cleaned_data["reason"]
        verbs.decide_tenant(obj, tenant, answer=answer, by=request.user, ground=ground)
        return _("Decided; the plan is made anew.")

    @dialog_action(
        permission="enter",
        title=_("Make the package"),
        consequence=_("Everything kept about the person, as a ZIP that waits here for seven days."),
        icon="folder_zip",
    )
    def make_package(self, request: HttpRequest, form: Any, obj: DataRequest) -> Any:
        start_export(obj, by=request.user)
        return _("The package is being made.")

    @dialog_action(
        permission="approve",
        title=_("Approve"),
        consequence=_("The plan below is approved as it stands. Another person than the one who entered it approves."),
        form=PlanHashForm,
        icon="task_alt",
    )
    def approve(self, request: HttpRequest, form: Any, obj: DataRequest) -> Any:
        typed = form.cleaned_data["plan"].strip().lower()
        if len(typed) < 8 or not obj.plan_hash.startswith(typed):
            raise RequestRefused(str(_("This is not the plan on the page: look at it again.")), code="drift")
        verbs.approve(obj, by=request.user, plan_hash=obj.plan_hash)
        return _("Approved.")

    @dialog_action(
        permission="approve",
        title=_("Carry out"),
        consequence=_("The data is erased. This cannot be undone."),
        form=TypedNumberForm,
        icon="delete_forever",
        danger=True,
    )
    def carry_out(self, request: HttpRequest, form: Any, obj: DataRequest) -> Any:
        start_erasure(obj, by=request.user, typed_number=form.cleaned_data["typed_number"])
        return _("The erasure is running.")

    @dialog_action(
        permission="enter",
        title=_("Extend"),
        consequence=_("Two further months, once, before the date; the person is told why."),
        icon="more_time",
    )
    def extend(self, request: HttpRequest, form: Any, obj: DataRequest) -> Any:
        verbs.extend(obj, by=request.user, ground=form.cleaned_data["reason"])
        return _("Extended.")

    @dialog_action(
        permission="enter",
        title=_("Refuse"),
        consequence=_("The person is told the reason and where to complain."),
        icon="block",
        danger=True,
    )
    def refuse(self, request: HttpRequest, form: Any, obj: DataRequest) -> Any:
        verbs.refuse(obj, by=request.user, ground=form.cleaned_data["reason"])
        return _("Refused.")

    @dialog_action(
        permission="enter",
        title=_("Withdraw"),
        consequence=_("The person took the request back; its identifiers are scrubbed."),
        icon="undo",
    )
    def withdraw(self, request: HttpRequest, form: Any, obj: DataRequest) -> Any:
        verbs.withdraw(obj, by=request.user, ground=form.cleaned_data["reason"])
        return _("Withdrawn.")

    @dialog_action(
        permission="enter",
        title=_("Close"),
        consequence=_("For a rectification or a restriction that was carried out."),
        icon="done_all",
    )
    def finish(self, request: HttpRequest, form: Any, obj: DataRequest) -> Any:
        verbs.finish_by_hand(obj, by=request.user, note=form.cleaned_data["reason"])
        return _("Closed.")
