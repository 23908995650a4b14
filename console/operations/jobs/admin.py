"""Pages of jobs: how far they are, run again, stop; and the queue's own tables, to look at only."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django.models import ProcrastinateJob
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter

from console import jobs as verbs
from console.admin import ReadOnlyAdmin, column, dialog_action
from console.models import JobRun, JobState
from tenancy.jobs import job_names

COLOURS = {"waiting": "info", "running": "warning", "succeeded": "success", "failed": "danger", "cancelled": "default"}


class NameFilter(DropdownFilter):
    """By the job's name: those that are registered, so that no list of all rows is read for it."""

    title = _("job")
    parameter_name = "name"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, name) for name in job_names()]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(name=self.value()) if self.value() else queryset


@admin.register(JobRun)
class JobRunAdmin(ReadOnlyAdmin):
    """Jobs, newest first."""

    list_display = ("name", "state_label", "bar", "tenant", "requested_by", "created_at", "finished_at")
    list_filter = (("state", ChoicesDropdownFilter), NameFilter)
    list_select_related = ("tenant", "requested_by")
    exact_search = ("name",)
    empty_words = _("Imports, exports and mails run as jobs; each shows here how far it is.")
    search_help_text = _("Name of the job, or id")
    fields = (
        ("name", "state_label"),
        ("bar", "message"),
        ("tenant", "key"),
        ("attempts", "error"),
        "requested_by",
        ("created_at", "scheduled_at"),
        ("started_at", "finished_at"),
    )
    readonly_fields = ("state_label", "bar")
    actions_detail = ("retry", "cancel")

    @column(description=_("State"), label=COLOURS, ordering="state")
    def state_label(self, obj: JobRun) -> tuple[str, Any]:
        return obj.state, obj.get_state_display()  # type: ignore[attr-defined]  # choices

    @column(description=_("Progress"))
    def bar(self, obj: JobRun) -> Any:
        if obj.percent is None:
            return obj.done or ""
        words = _("%(done)s of %(total)s") % {"done": obj.done, "total": obj.total}
        return format_html(
            '<progress class="progress" max="100" value="{}" aria-label="{}"></progress> {}', obj.percent, words, words
        )

    def has_retry_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("console.retry_jobrun")

    def has_cancel_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("console.cancel_jobrun")

    @dialog_action(
        permission="retry",
        title=_("Run again"),
        consequence=_(
            "The job waits in the queue again and goes on from its last finished step; nothing is done twice."
        ),
        icon="replay",
        possible=lambda run: run.state in (JobState.FAILED, JobState.CANCELLED),
    )
    def retry(self, request: HttpRequest, form: Any, obj: JobRun) -> Any:
        verbs.retry(obj, by=request.user, reason=form.cleaned_data["reason"])
        return _("The job waits to run again.")

    @dialog_action(
        permission="cancel",
        title=_("Cancel"),
        consequence=_("A waiting job is dropped; a running one stops after its current step and keeps what it did."),
        icon="stop_circle",
        danger=True,
        possible=lambda run: not run.is_finished,
    )
    def cancel(self, request: HttpRequest, form: Any, obj: JobRun) -> Any:
        verbs.cancel(obj, by=request.user, reason=form.cleaned_data["reason"])
        return _("The job is asked to stop.")


@admin.register(ProcrastinateJob)
class QueueAdmin(ReadOnlyAdmin):
    """The queue as its library sees it, whose own page would let every viewer retry, cancel and abort."""

    empty_words = _("The queue is empty: a job stands here from the moment somebody asks for it.")
    list_display = ("id", "task_name", "status", "attempts", "scheduled_at")
    list_filter = (("status", ChoicesDropdownFilter),)
    exact_search = ("queueing_lock",)
    fields = ("id", "task_name", "args", "status", "queue_name", "queueing_lock", "attempts", "scheduled_at", "worker")
