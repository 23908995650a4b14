"""The list of accesses that models in ``observe`` let through, which adopting a project makes shrink."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from ..observed import Offence


class ObservedAccess(models.Model):
    """One place in the code that touches a model without a scope. Written by `tenancy.observed` alone."""

    id = models.BigAutoField(primary_key=True)
    model = models.CharField(_("model"), max_length=255, editable=False)
    what = models.CharField(_("access"), max_length=10, editable=False)  # read, write, foreign
    place = models.CharField(_("place"), max_length=500, editable=False)  # path:function
    line = models.PositiveIntegerField(_("line"), editable=False)  # as of the last access; edits move it
    count = models.PositiveBigIntegerField(_("times"), default=0, editable=False)
    first_seen_at = models.DateTimeField(_("first seen"), auto_now_add=True)
    last_seen_at = models.DateTimeField(_("last seen"), editable=False)

    class Meta:
        verbose_name = _("observed access")
        verbose_name_plural = _("observed accesses")
        ordering = ["model", "place", "what"]
        constraints = [models.UniqueConstraint(fields=["model", "place", "what"], name="tenancy_observed_once")]

    def __str__(self) -> str:
        return f"{self.model} {self.what} {self.place}"

    @staticmethod
    def count_up(offence: Offence, times: int, line: int) -> None:
        """Add `times` accesses; processes that count the same place at once do not lose each other's."""
        key = {"model": offence.model, "what": offence.what, "place": offence.place[:500]}
        now = timezone.now()
        ObservedAccess.objects.bulk_create([ObservedAccess(**key, line=line, last_seen_at=now)], ignore_conflicts=True)
        ObservedAccess.objects.filter(**key).update(count=F("count") + times, line=line, last_seen_at=now)
