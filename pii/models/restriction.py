"""Restriction of processing (Art. 18): what may be stored, and nothing else, until it is lifted."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .request import DataRequest


class Restriction(models.Model):
    """One person's rows, marked: neither changed nor exported nor imported over nor swept. `pii.restricted` asks it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(
        DataRequest, on_delete=models.PROTECT, related_name="restrictions", verbose_name=_("request")
    )
    tenant = models.ForeignKey(
        "tenancy.Tenant", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("tenant")
    )
    ground = models.CharField(_("ground"), max_length=200)
    contact_email = models.EmailField(_("is told"), max_length=254, blank=True)  # before it is lifted; emptied then
    placed_at = models.DateTimeField(_("since"))
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("placed by")
    )
    lifted_at = models.DateTimeField(_("lifted"), null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("lifted by")
    )

    class Meta:
        verbose_name = _("restriction")
        verbose_name_plural = _("restrictions")
        ordering = ["-placed_at"]
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["lifted_at", "-placed_at"], name="pii_restriction_standing"),
            models.Index(fields=["contact_email"], name="pii_restriction_told"),
        ]

    def __str__(self) -> str:
        return f"restriction {self.pk}"


class RestrictedRow(models.Model):
    """One row under a restriction; gone with its lifting, so that a row here is a row that is restricted."""

    restriction = models.ForeignKey(Restriction, on_delete=models.CASCADE, related_name="rows")
    model = models.CharField(max_length=100)  # its label, in lower case
    key = models.CharField(max_length=255)

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["model", "key"], name="pii_restrictedrow_row")]

    def __str__(self) -> str:
        return f"restricted row {self.pk}"
