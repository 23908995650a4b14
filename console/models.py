"""The project's own tables: progress of jobs, and history of other apps' models."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from . import history as history


class JobState(models.TextChoices):
    """Where a job stands."""

    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    SUCCEEDED = "succeeded", _("Succeeded")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


FINISHED = (JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED)


class JobRun(models.Model):
    """One ordered job: what, for whom, how far. Written by the queue outside the job's own transaction.

    `key`, `message` and `error` hold identifiers and counts, never personal data.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("job"), max_length=100)
    key = models.CharField(_("key"), max_length=200)
    tenant = models.ForeignKey(
        "tenancy.Tenant", on_delete=models.CASCADE, null=True, related_name="+", verbose_name=_("tenant")
    )
    state = models.CharField(_("state"), max_length=10, choices=JobState, default=JobState.WAITING)
    done = models.PositiveBigIntegerField(_("done"), default=0)
    total = models.PositiveBigIntegerField(_("of"), null=True)
    message = models.CharField(_("message"), max_length=200, blank=True)
    error = models.CharField(_("error"), max_length=200, blank=True)  # class of the exception, and where it was raised
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    lock = models.CharField(max_length=200, blank=True)
    cancel_requested = models.BooleanField(default=False)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("requested by"),
    )
    queue_id = models.BigIntegerField(null=True)  # row of the queue that will run it, or ran it last
    created_at = models.DateTimeField(_("requested"), auto_now_add=True)
    scheduled_at = models.DateTimeField(_("not before"), null=True)
    started_at = models.DateTimeField(_("started"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["-created_at", "id"]
        default_permissions = ("view",)
        permissions = [("retry_jobrun", "Can retry jobs"), ("cancel_jobrun", "Can cancel jobs")]
        indexes = [
            models.Index(fields=["-created_at", "id"], name="console_jobrun_newest"),
            models.Index(fields=["state", "-created_at", "id"], name="console_jobrun_state"),
            models.Index(fields=["name", "-created_at", "id"], name="console_jobrun_name"),
            models.Index(fields=["queue_id"], name="console_jobrun_queue"),
        ]

    def __str__(self) -> str:
        return f"job {self.pk}"

    @property
    def percent(self) -> int | None:
        """How far, 0 to 100; None where the total is unknown."""
        return min(100, self.done * 100 // self.total) if self.total else None

    @property
    def is_finished(self) -> bool:
        return self.state in FINISHED
