"""Scans and the positive controls planted for them."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from .request import DataRequest


class ScanRun(models.Model):
    """One reading of the whole database: what it could see, which controls it found, what it hit (never values)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(DataRequest, on_delete=models.CASCADE, null=True, related_name="scans")
    started_at = models.DateTimeField(_("started"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    result = models.JSONField(_("result"), default=dict)

    class Meta:
        ordering = ["-started_at"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"scan {self.pk}"


class Control(models.Model):
    """A planted value in every kind of place; a scan that does not find it proves nothing."""

    run = models.ForeignKey(ScanRun, on_delete=models.CASCADE, related_name="controls")
    in_text = models.TextField(blank=True)
    in_json = models.JSONField(default=dict)
    in_array = ArrayField(models.TextField(), default=list)
    in_bytes = models.BinaryField(default=bytes)
    in_session = models.TextField(blank=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"control {self.pk}"
