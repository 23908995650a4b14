"""A file on a contact."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from console.history import record_trail
from tenancy.audit import moment
from tenancy.models import TenantOwnedModel


def stored_path(attachment: Any, name: str) -> str:
    """Where the bytes go: below the tenant's own prefix, named by key. Nothing that a person typed is in it."""
    return f"tenants/{attachment.tenant_id}/attachments/{attachment.pk}"


class Attachment(TenantOwnedModel):
    """Metadata beside the stored bytes; type and size were checked when it was uploaded (`console.workspace.files`)."""

    contact = models.ForeignKey(
        "workspace.Contact",
        on_delete=models.CASCADE,
        related_name="attachments",
        db_index=False,
        verbose_name=_("contact"),
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("uploaded by"),
    )
    file = models.FileField(_("file"), upload_to=stored_path, max_length=255, editable=False)
    name = models.CharField(_("file name"), max_length=150)
    content_type = models.CharField(_("type"), max_length=100, editable=False)
    size = models.PositiveBigIntegerField(_("size"), editable=False)  # bytes
    sha256 = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField(_("uploaded"), default=moment, editable=False)

    history = record_trail()

    class Meta(TenantOwnedModel.Meta):
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["tenant", "contact", "-created_at", "-id"], name="workspace_attachment_newest")]

    def __str__(self) -> str:
        return f"attachment {self.pk}"
