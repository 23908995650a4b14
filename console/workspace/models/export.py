"""One full export of a tenant: who asked, how far it is, and the archive until it is purged."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tenancy.audit import moment
from tenancy.models import TenantOwnedModel


class ExportState(models.TextChoices):
    """Where an export stands."""

    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Being written")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")
    PURGED = "purged", _("Deleted")


def archive_path(export: Any, name: str) -> str:
    """Below the tenant's own prefix, named by key."""
    return f"tenants/{export.tenant_id}/exports/{export.pk}.zip"


class TenantExport(TenantOwnedModel):
    """`contents` counts rows by model and files; no personal data is in this row."""

    state = models.CharField(_("state"), max_length=10, choices=ExportState, default=ExportState.WAITING)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("requested by")
    )
    file = models.FileField(_("file"), upload_to=archive_path, max_length=255, blank=True, editable=False)
    size = models.PositiveBigIntegerField(_("size"), default=0)  # bytes
    sha256 = models.CharField(max_length=64, blank=True)
    contents = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(_("ordered"), default=moment, editable=False)
    finished_at = models.DateTimeField(_("finished"), null=True)
    keep_until = models.DateTimeField(_("deleted after"), null=True)

    class Meta(TenantOwnedModel.Meta):
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["tenant", "-created_at", "-id"], name="workspace_export_newest"),
            models.Index(fields=["state", "keep_until"], name="workspace_export_purge"),
        ]

    def __str__(self) -> str:
        return f"export {self.pk}"

    @property
    def is_busy(self) -> bool:
        return self.state in (ExportState.WAITING, ExportState.RUNNING)
