"""One exported list: who asked for it, which rows, and its file until it is deleted."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ListExportState(models.TextChoices):
    """Where an export stands."""

    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Being written")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")
    PURGED = "purged", _("Deleted")


class ExportFormat(models.TextChoices):
    """Kind of the file."""

    CSV = "csv", "CSV"
    XLSX = "xlsx", "Excel (XLSX)"
    JSON = "json", "JSON"


def export_path(export: ListExport, name: str) -> str:
    """Named by key, which nobody can guess; handed out by one page only."""
    return f"staff-exports/{export.pk}.{export.format}"


class ListExport(models.Model):
    """An export of a list or of the trail, for its maker alone; `query` is emptied with the file."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.CharField(_("list"), max_length=100)  # "trail", or the label of a model with a list
    query = models.JSONField(default=dict)  # the list's filters as they stood in its address
    format = models.CharField(_("format"), max_length=4, choices=ExportFormat)
    reason = models.CharField(_("reason"), max_length=500)
    state = models.CharField(_("state"), max_length=10, choices=ListExportState, default=ListExportState.WAITING)
    rows = models.PositiveIntegerField(_("rows"), default=0)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("made by")
    )
    file = models.FileField(_("file"), upload_to=export_path, max_length=255, blank=True, editable=False)
    created_at = models.DateTimeField(_("ordered"), default=timezone.now)
    keep_until = models.DateTimeField(_("deleted after"), null=True)

    class Meta:
        verbose_name = _("export of a list")
        verbose_name_plural = _("exports of lists")
        ordering = ["-created_at", "-id"]
        default_permissions = ()
        permissions = [("export_list", "Can export lists, masked as they are shown")]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="operations_listexport_newest"),
            models.Index(fields=["state", "keep_until"], name="operations_listexport_purge"),
        ]

    def __str__(self) -> str:
        return f"export {self.pk}"
