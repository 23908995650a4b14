"""A tag for everybody whom a search finds: what was ordered, and how far it is."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tenancy.audit import moment
from tenancy.models import TenantOwnedModel


class TaggingState(models.TextChoices):
    """Where an order stands."""

    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    STOPPED = "stopped", _("Stopped")


class BulkTagging(TenantOwnedModel):
    """`text` and `among` are the search and the tag filter of the list; the job walks what they find in order of keys
    and remembers in `reached` how far it came.
    """

    state = models.CharField(_("state"), max_length=10, choices=TaggingState, default=TaggingState.WAITING)
    adds = models.BooleanField(default=True)  # False: the tag is taken off
    tag = models.ForeignKey("workspace.Tag", on_delete=models.CASCADE, related_name="+", db_index=False)
    text = models.CharField(max_length=200, blank=True)
    among = models.UUIDField(null=True)  # key of the tag that the list was filtered by
    ordered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    looked_at = models.PositiveBigIntegerField(default=0)
    changed = models.PositiveBigIntegerField(default=0)
    reached = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=moment, editable=False)
    finished_at = models.DateTimeField(null=True)

    class Meta(TenantOwnedModel.Meta):
        verbose_name = _("change of tags")
        verbose_name_plural = _("changes of tags")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["tenant", "-created_at", "-id"], name="workspace_tagging_newest"),
            models.Index(fields=["tenant", "tag"], name="workspace_tagging_tag"),
        ]

    def __str__(self) -> str:
        return f"change of tags {self.pk}"

    @property
    def is_busy(self) -> bool:
        return self.state in (TaggingState.WAITING, TaggingState.RUNNING)
