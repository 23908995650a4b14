"""Who looked at whose masked data, and why."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Reveal(models.Model):
    """Written before the value is shown: for one object, one session, a few minutes."""

    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("who")
    )
    session_hash = models.CharField(max_length=64, editable=False)
    model = models.CharField(_("model"), max_length=100)
    key = models.CharField(_("key"), max_length=255)
    tenant_key = models.UUIDField(_("tenant"), null=True)
    reason = models.CharField(_("why"), max_length=500)
    at = models.DateTimeField(_("when"), auto_now_add=True)
    expires_at = models.DateTimeField(_("until"))

    class Meta:
        verbose_name = _("reveal")
        verbose_name_plural = _("reveals")
        ordering = ["-at"]
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["model", "key", "-at"], name="pii_reveal_row"),
            models.Index(fields=["actor", "-at"], name="pii_reveal_actor"),
        ]

    def __str__(self) -> str:
        return f"reveal {self.pk}"
