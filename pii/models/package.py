"""An export package waiting for its download."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from .request import DataRequest


class Package(models.Model):
    """A ZIP under a random name outside the media folder; purged after some days, and the purge recorded."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(DataRequest, on_delete=models.CASCADE, related_name="packages")
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    expires_at = models.DateTimeField(_("until"))
    size = models.PositiveBigIntegerField(_("bytes"), default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    rows = models.PositiveIntegerField(_("rows"), default=0)
    downloads = models.PositiveIntegerField(_("downloads"), default=0)
    purged_at = models.DateTimeField(_("purged"), null=True)

    class Meta:
        verbose_name = _("export package")
        verbose_name_plural = _("export packages")
        ordering = ["-created_at"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"package {self.pk}"
