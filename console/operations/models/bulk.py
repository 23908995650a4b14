"""One change of many rows: what was selected, who asked, and what became of each row."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class BulkState(models.TextChoices):
    """Where a bulk change stands."""

    ASKED = "asked", _("Waits for approval")
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    FINISHED = "finished", _("Finished")
    CANCELLED = "cancelled", _("Cancelled")
    EXPIRED = "expired", _("Expired")


class RowState(models.TextChoices):
    """What became of one row."""

    WAITING = "waiting", _("Waiting")
    DONE = "done", _("Done")
    REFUSED = "refused", _("Refused")
    FAILED = "failed", _("Failed")
    GONE = "gone", _("Not there any more")
    SKIPPED = "skipped", _("Left out")


class BulkRun(models.Model):
    """A bulk change. Its rows are frozen when it is confirmed: what matches the filter later is not touched."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    model = models.CharField(_("kind"), max_length=100)
    action = models.CharField(_("action"), max_length=100)  # name of the method of the model's page
    reason = models.CharField(_("reason"), max_length=500)
    state = models.CharField(_("state"), max_length=10, choices=BulkState, default=BulkState.WAITING)
    total = models.PositiveIntegerField(_("rows"), default=0)
    done = models.PositiveIntegerField(_("done"), default=0)
    refused = models.PositiveIntegerField(_("refused"), default=0)  # failed ones and those not there any more included
    cancel_requested = models.BooleanField(default=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("bulk change")
        verbose_name_plural = _("bulk changes")
        ordering = ["-asked_at", "-id"]
        default_permissions = ("view",)
        permissions = [("cancel_bulkrun", "Can cancel bulk changes of others")]
        indexes = [models.Index(fields=["-asked_at", "-id"], name="operations_bulkrun_newest")]

    def __str__(self) -> str:
        return f"bulk change {self.pk}"

    @property
    def is_over(self) -> bool:
        return self.state in (BulkState.FINISHED, BulkState.CANCELLED, BulkState.EXPIRED)


class BulkRow(models.Model):
    """One selected row and its outcome."""

    run = models.ForeignKey(BulkRun, on_delete=models.CASCADE, related_name="rows", db_index=False)
    object_id = models.CharField(_("row"), max_length=64)
    state = models.CharField(_("outcome"), max_length=10, choices=RowState, default=RowState.WAITING)
    note = models.CharField(_("why"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("row of a bulk change")
        verbose_name_plural = _("rows of bulk changes")
        ordering = ["id"]
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["run", "id"], name="operations_bulkrow_run"),
            models.Index(fields=["run", "state", "id"], name="operations_bulkrow_state"),
        ]

    def __str__(self) -> str:
        return f"row {self.pk}"
