"""Where an erasure stands: steps, the rows still to do, the files still to remove."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from .request import DataRequest


class Step(models.Model):
    """One step of an erasure. Counters move in the same transaction as the rows they count."""

    request = models.ForeignKey(DataRequest, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(_("step"), max_length=120)
    total = models.PositiveIntegerField(_("of"), default=0)
    done = models.PositiveIntegerField(_("done"), default=0)
    history_done = models.PositiveIntegerField(_("history rows"), default=0)
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        ordering = ["position"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["request", "name"], name="pii_step_once")]

    def __str__(self) -> str:
        return f"step {self.pk}"


class PlanRow(models.Model):
    """A row that the plan covers; marked done in the transaction that erases it, so that nothing is done twice."""

    request = models.ForeignKey(DataRequest, on_delete=models.CASCADE, related_name="rows")
    model = models.CharField(max_length=100)
    key = models.CharField(max_length=255)
    tenant_key = models.UUIDField(null=True)
    done = models.BooleanField(default=False)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["request", "model", "key"], name="pii_planrow_once")]
        indexes = [
            models.Index(fields=["request", "model", "done", "id"], name="pii_planrow_next"),
            models.Index(fields=["model", "key"], name="pii_planrow_row"),
        ]

    def __str__(self) -> str:
        return f"plan row {self.pk}"


class Blob(models.Model):
    """A stored file whose row is erased already: removed after commit, and again by the sweep until it is gone."""

    request = models.ForeignKey(DataRequest, on_delete=models.CASCADE, null=True, related_name="blobs")
    storage = models.CharField(max_length=100)  # model label and field, which name the storage
    name = models.TextField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"blob {self.pk}"
