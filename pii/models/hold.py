"""A legal hold: the reason why nothing may be erased for now."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class LegalHold(models.Model):
    """Holds one row (an account, a contact) or a whole tenant; read again inside every batch of an erasure."""

    model = models.CharField(_("model"), max_length=100, blank=True)
    key = models.CharField(_("key"), max_length=255, blank=True)
    tenant = models.ForeignKey(
        "tenancy.Tenant", on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("tenant")
    )
    ground = models.CharField(_("ground"), max_length=200)
    until = models.DateField(_("until"), null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("placed by")
    )
    created_at = models.DateTimeField(_("placed"), auto_now_add=True)
    released_at = models.DateTimeField(_("released"), null=True, blank=True)

    class Meta:
        verbose_name = _("legal hold")
        verbose_name_plural = _("legal holds")
        ordering = ["-created_at"]
        default_permissions = ("view", "add", "change")
        constraints = [
            models.CheckConstraint(
                name="pii_legalhold_names_something", condition=~models.Q(key="") | models.Q(tenant__isnull=False)
            )
        ]
        indexes = [models.Index(fields=["model", "key"], name="pii_legalhold_row")]

    def __str__(self) -> str:
        return f"hold {self.pk}"
