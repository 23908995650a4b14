"""What somebody wrote down about a contact."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from console.history import record_trail
from tenancy.audit import moment
from tenancy.models import TenantOwnedModel


class Note(TenantOwnedModel):
    """Free text on a contact. The author's key may point at somebody who has left."""

    contact = models.ForeignKey(
        "workspace.Contact", on_delete=models.CASCADE, related_name="notes", db_index=False, verbose_name=_("contact")
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("author"),
    )
    body = models.TextField(_("note"), max_length=20_000)
    created_at = models.DateTimeField(_("written"), default=moment, editable=False)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    history = record_trail()

    class Meta(TenantOwnedModel.Meta):
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["tenant", "contact", "-created_at", "-id"], name="workspace_note_newest")]

    def __str__(self) -> str:
        return f"note {self.pk}"
