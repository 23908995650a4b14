"""What was done, by whom and why: one append-only table of typed acts."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from console.history import short


class AuditEvent(models.Model):
    """One recorded act. Written once, never changed: application code cannot, and the database refuses its roles.

    Actor and target are plain keys, so that the row outlives them; the actor's address is kept as it was, so that a
    deactivated member of staff stays readable.
    """

    at = models.DateTimeField(_("when"))
    verb = models.CharField(_("what"), max_length=100)  # noun.verb in the past tense: "tenant.suspended"
    actor_id = models.UUIDField(_("actor"), null=True)  # null: the command line or the system
    actor_address = models.CharField(_("actor's address"), max_length=254, blank=True)
    tenant_key = models.UUIDField(_("tenant"), null=True)
    target_model = models.CharField(_("kind of target"), max_length=100, blank=True)
    target_id = models.CharField(_("target"), max_length=64, blank=True)
    reason = models.TextField(_("why"), blank=True)
    details = models.JSONField(_("details"), default=dict, blank=True)  # ids and counts, never personal data
    request_id = models.CharField(_("request"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("recorded act")
        verbose_name_plural = _("recorded acts")
        ordering = ["-at", "-id"]
        default_permissions = ("view",)
        permissions = [
            ("browse_history", "Can browse the history of all rows"),
            ("revert_history", "Can revert rows to what they were"),
        ]
        indexes = [
            models.Index(fields=["-at", "-id"], name="operations_event_newest"),
            models.Index(fields=["tenant_key", "-at", "-id"], name="operations_event_tenant"),
            models.Index(fields=["actor_id", "-at", "-id"], name="operations_event_actor"),
            models.Index(fields=["target_id", "-at", "-id"], name="operations_event_target"),
            models.Index(fields=["verb", "-at", "-id"], name="operations_event_verb"),
            models.Index(
                fields=["request_id", "-at", "-id"], name="operations_event_request", condition=~models.Q(request_id="")
            ),
            models.Index(fields=["reason", "-at", "-id"], name="operations_event_reason", condition=short("reason")),
        ]

    def __str__(self) -> str:
        return f"act {self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("A recorded act is never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError("A recorded act is never deleted.")
