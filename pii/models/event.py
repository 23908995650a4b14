"""What happened to a request, line by line."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from .request import DataRequest, State


class RequestEvent(models.Model):
    """Append-only: the application refuses changes, and so does a trigger. Holds no personal data."""

    request = models.ForeignKey(DataRequest, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField(_("when"))
    verb = models.CharField(_("what"), max_length=60)
    from_state = models.CharField(_("from"), max_length=12, choices=State, blank=True)
    to_state = models.CharField(_("to"), max_length=12, choices=State, blank=True)
    actor_key = models.CharField(_("actor"), max_length=64, blank=True)
    note = models.CharField(_("ground"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("request event")
        verbose_name_plural = _("request events")
        ordering = ["id"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"event {self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("A request's event is never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError("A request's event is never deleted.")
