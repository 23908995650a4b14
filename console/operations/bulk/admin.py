"""Pages of bulk changes: how far they are, and what became of each row."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from console.admin import ReadOnlyAdmin, column, dialog_action

from ..models import BulkRow, BulkRun, BulkState
from . import runs

COLOURS = {
    "asked": "info",
    "waiting": "info",
    "running": "warning",
    "finished": "success",
    "cancelled": "default",
    "expired": "default",
}
ROW_COLOURS = {"done": "success", "refused": "warning", "failed": "danger", "gone": "warning"}


def rows_left(run: BulkRun) -> str:
    return str(_("%(done)d of %(total)d rows are done.")) % {"done": run.done, "total": run.total}


def can_stop(run: BulkRun) -> bool:
    return not run.is_over and not runs.is_late(run)


@admin.register(BulkRun)
class BulkRunAdmin(ReadOnlyAdmin):
    """Bulk changes, newest first."""

    empty_words = _("Tick rows in a list and choose an action: what touches many rows runs as a job and shows here.")
    list_display = ("what", "state_label", "bar", "refused", "asked_by", "asked_at")
    list_filter = (("state", ChoicesDropdownFilter),)
    list_select_related = ("asked_by",)
    search_help_text = _("Id")
    fields = (
        ("what", "state_label"),
        "bar",
        ("total", "done", "refused"),
        "outcomes",
        "reason",
        ("asked_by", "asked_at", "finished_at"),
    )
    readonly_fields = ("what", "state_label", "bar", "outcomes")
    actions_detail = ("cancel",)

    @column(description=_("Change"))
    def what(self, obj: BulkRun) -> str:
        return f"{obj.model}: {obj.action.replace('_', ' ')}"

    @column(description=_("State"), label=COLOURS)
    def state_label(self, obj: BulkRun) -> tuple[str, Any]:
        state = BulkState.EXPIRED if runs.is_late(obj) else BulkState(obj.state)  # also before the clock's job ran
        return state.value, state.label

    @column(description=_("Progress"))
    def bar(self, obj: BulkRun) -> Any:
        through = obj.done + obj.refused
        words = _("%(done)s of %(total)s") % {"done": through, "total": obj.total}
        return format_html(
            '<progress class="progress" max="{}" value="{}" aria-label="{}"></progress> {}',
            max(obj.total, 1),
            through,
            words,
            words,
        )

    @column(description=_("Outcomes"))
    def outcomes(self, obj: BulkRun) -> Any:
        where = f"{reverse('admin:operations_bulkrow_changelist')}?run__id__exact={obj.pk}"
        return format_html('<a class="console-link" href="{}">{}</a>', where, _("Every row and its outcome"))

    def has_cancel_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        if request.user.has_perm("operations.cancel_bulkrun"):
            return True
        try:  # the address may hold anything
            key = BulkRun._meta.pk.to_python(getattr(object_id, "pk", object_id))
        except ValidationError:
            return False
        return key is not None and BulkRun.objects.filter(pk=key, asked_by=request.user.pk).exists()

    @dialog_action(
        permission="cancel",
        title=_("Cancel"),
        consequence=_("It stops after the rows it is at. What is done stays done; the rest is left out."),
        icon="stop_circle",
        danger=True,
        possible=can_stop,
        counts=rows_left,
    )
    def cancel(self, request: HttpRequest, form: Any, obj: BulkRun) -> Any:
        runs.cancel(obj, by=request.user, reason=form.cleaned_data["reason"])
        return _("The bulk change is asked to stop.")


@admin.register(BulkRow)
class BulkRowAdmin(ReadOnlyAdmin):
    """What became of each row."""

    empty_words = _("A bulk change writes down here what became of each of its rows.")
    list_display = ("object_id", "state_label", "note")
    list_filter = (("state", ChoicesDropdownFilter),)
    fields = ("run", "object_id", "state_label", "note")
    readonly_fields = fields

    @column(description=_("Outcome"), label=ROW_COLOURS)
    def state_label(self, obj: BulkRow) -> tuple[str, Any]:
        return obj.state, obj.get_state_display()  # type: ignore[attr-defined]  # choices
