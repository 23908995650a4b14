"""The page of what waits for a second pair of eyes."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from console.admin import ReadOnlyAdmin, column, dialog_action
from console.filters import MomentRangeFilter
from tenancy.models import Tenant

from ..models import Approval, ApprovalState
from . import verbs

COLOURS = {"asked": "warning", "approved": "success", "refused": "danger", "expired": "default", "withdrawn": "default"}


def rows_touched(approval: Approval) -> str:
    n = rows_of(approval)
    return ngettext("%(n)d row is changed.", "%(n)d rows are changed.", n) % {"n": n}


def rows_of(approval: Approval) -> int:
    """How many rows the question is about."""
    return int(approval.details.get("rows", len(approval.details.get("keys", ()))))


def is_open(approval: Approval) -> bool:
    """Whether somebody may still answer."""
    return approval.state == ApprovalState.ASKED and approval.expires_at > timezone.now()


@admin.register(Approval)
class ApprovalAdmin(ReadOnlyAdmin):
    """Questions, newest first; one person asked, another decides."""

    list_display = ("verb", "state_label", "rows", "asked_by", "asked_at", "expires_at")
    list_filter = (("state", ChoicesDropdownFilter), ("expires_at", MomentRangeFilter))
    list_select_related = ("asked_by",)
    exact_search = ("verb",)
    empty_words = _("Purges and changes of many rows wait here for a second member of staff.")
    fields = (
        "verb",
        "tenant",
        "state_label",
        "rows",
        "reason",
        ("asked_by", "asked_at"),
        "expires_at",
        ("decided_by", "decided_at"),
    )
    readonly_fields = ("state_label", "rows", "tenant")
    actions_detail = ("approve", "refuse", "withdraw")

    @column(description=_("State"), label=COLOURS, ordering="state")
    def state_label(self, obj: Approval) -> tuple[str, Any]:
        state = ApprovalState(obj.state)
        if state == ApprovalState.ASKED and obj.expires_at <= timezone.now():
            state = ApprovalState.EXPIRED
        return state.value, state.label

    @column(description=_("Tenant"))
    def tenant(self, obj: Approval) -> Any:
        """Whose: nobody approves a purge without knowing of what."""
        tenant = Tenant.objects.filter(pk=obj.tenant_key).first() if obj.tenant_key else None
        if tenant is None:
            return obj.tenant_key or "-"
        return format_html(
            '<a class="text-link" href="{}">{}</a>', reverse("admin:tenant_page", args=[tenant.pk]), tenant.name
        )

    @column(description=_("Rows"))
    def rows(self, obj: Approval) -> int:
        return rows_of(obj)

    def has_decide_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("operations.decide_approval")

    def has_withdraw_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Their own question, and nobody else's."""
        try:  # the address may hold anything
            key = Approval._meta.pk.to_python(getattr(object_id, "pk", object_id))
        except ValidationError:
            return False
        return key is not None and Approval.objects.filter(pk=key, asked_by=request.user.pk).exists()

    @dialog_action(
        permission="decide",
        title=_("Approve"),
        consequence=_("The change is carried out at once, for every row that was selected."),
        icon="task_alt",
        possible=is_open,
        counts=rows_touched,
    )
    def approve(self, request: HttpRequest, form: Any, obj: Approval) -> Any:
        approval = verbs.decide(obj, approve=True, by=request.user, reason=form.cleaned_data["reason"])
        return verbs.carrier_of(approval.verb)(approval, by=request.user)

    @dialog_action(
        permission="decide",
        title=_("Refuse"),
        consequence=_("Nothing is changed; whoever asked reads your reason in the trail."),
        icon="block",
        danger=True,
        possible=is_open,
    )
    def refuse(self, request: HttpRequest, form: Any, obj: Approval) -> Any:
        verbs.decide(obj, approve=False, by=request.user, reason=form.cleaned_data["reason"])
        return _("Refused.")

    @dialog_action(
        permission="withdraw",
        title=_("Take back"),
        consequence=_("Nobody can approve it any more; it can be asked anew."),
        icon="undo",
        possible=is_open,
    )
    def withdraw(self, request: HttpRequest, form: Any, obj: Approval) -> Any:
        verbs.withdraw(obj, by=request.user, reason=form.cleaned_data["reason"])
        return _("Taken back.")
