"""The order to purge a tenant, and the report of what went: what is left when nothing else is."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..audit import moment


class TenantPurge(models.Model):
    """Written by `tenancy.purge` alone. The tenant is a plain key and `report` holds counts: nobody's data is in it.

    The database deletes append-only rows of a tenant only while such an order stands open (``tenancy.purge_rows``).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tenant_key = models.UUIDField(_("tenant"), unique=True, editable=False)
    reason = models.TextField(_("reason"), editable=False)
    ordered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("ordered by"),
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("approved by"),
    )
    ordered_at = models.DateTimeField(_("ordered"), default=moment, editable=False)
    emptied_at = models.DateTimeField(_("rows deleted"), null=True, editable=False)
    finished_at = models.DateTimeField(_("finished"), null=True, editable=False)
    report = models.JSONField(_("report"), default=dict, editable=False)  # counts by table, of files and of accounts

    class Meta:
        verbose_name = _("purge")
        verbose_name_plural = _("purges")
        ordering = ["-ordered_at", "id"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"purge {self.pk}"
