"""Passages that a person must look at before a request is done."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .request import DataRequest


class ReviewItem(models.Model):
    """A cell that may speak of the person. Says where it is, never what it holds: the page reads it there."""

    class Answer(models.TextChoices):
        OPEN = "open", _("Open")
        REDACTED = "redacted", _("Redacted")
        KEPT = "kept", _("Somebody else")

    request = models.ForeignKey(DataRequest, on_delete=models.CASCADE, related_name="reviews")
    table = models.CharField(_("table"), max_length=200)
    column = models.CharField(_("column"), max_length=100)

    key = models.JSONField(_("key"), default=list)
    tenant_key = models.UUIDField(_("tenant"), null=True)
    kind = models.CharField(_("found by"), max_length=10)
    digest = models.CharField(max_length=64)  # of the cell: one that changed since is looked at again
    answer = models.CharField(_("answer"), max_length=10, choices=Answer, default=Answer.OPEN)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("passage to review")
        verbose_name_plural = _("passages to review")
        ordering = ["id"]
        default_permissions = ("view",)
        indexes = [models.Index(fields=["request", "answer", "id"], name="pii_review_open")]

    def __str__(self) -> str:
        return f"passage {self.pk}"
