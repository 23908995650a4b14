"""Dialogs that carry a request out: plan, decide, approve, erase, hand out, restrict."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from console.admin import dialog_action
from pii import requests as verbs
from pii.erase import start_erasure
from pii.exceptions import RequestRefused
from pii.export import start_export
from pii.models import DataRequest, TenantDecision
from pii.plan import make_plan
from tenancy.models import Tenant

from .dialogs import ApproveForm, DecisionForm, TypedNumberForm


def rows_planned(asked: DataRequest) -> str:
    n = asked.rows.count()
    return ngettext("The plan covers %(n)d row.", "The plan covers %(n)d rows.", n) % {"n": n}


class CarryingOutVerbs:
    """Mixin of the request's page; the permissions are its own."""

    carrying_out_verbs = ("plan_again", "decide", "make_package", "approve", "carry_out", "restrict")

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
        form=ApproveForm,
        icon="task_alt",
        counts=rows_planned,
    )
    def approve(self, request: HttpRequest, form: Any, obj: DataRequest) -> Any:
        typed = form.cleaned_data["plan"].strip().lower()
        if len(typed) < 8 or not obj.plan_hash.startswith(typed):
            raise RequestRefused(str(_("This is not the plan on the page: look at it again.")), code="drift")
        verbs.approve(obj, by=request.user, plan_hash=obj.plan_hash)
        number = form.cleaned_data["typed_number"]
        if number:
            start_erasure(obj, by=request.user, typed_number=number)
            return _("Approved; the erasure is running.")
        return _("Approved.")

    @dialog_action(
        permission="approve",
        title=_("Carry out"),
        consequence=_("The data is erased. This cannot be undone."),
        form=TypedNumberForm,
        icon="delete_forever",
        danger=True,
        counts=rows_planned,
    )
    def carry_out(self, request: HttpRequest, form: Any, obj: DataRequest) -> Any:
        start_erasure(obj, by=request.user, typed_number=form.cleaned_data["typed_number"])
        return _("The erasure is running.")

    @dialog_action(
        permission="enter",
        title=_("Restrict processing"),
        consequence=_(
            "Every row of the person is marked: it is kept, and neither changed, exported, imported over nor deleted "
            "until you lift it under Restrictions. The reason is the ground, and the person is told it."
        ),
        icon="lock",
    )
    def restrict(self, request: HttpRequest, form: Any, obj: DataRequest) -> Any:
        made = verbs.restrict(obj, by=request.user, ground=form.cleaned_data["reason"])
        return _("Processing is restricted: %(n)d rows are marked.") % {"n": made.rows.count()}
