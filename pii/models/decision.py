"""What a plan says of each model, and what was decided for each tenant."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from .request import DataRequest


class PlanItem(models.Model):
    """One line of the immutable preview: how many rows of a model in a tenant, and what becomes of them."""

    class Action(models.TextChoices):
        DELETE = "delete", _("Delete")
        ANONYMISE = "anonymise", _("Anonymise")
        KEEP = "keep", _("Keep")
        REFUSE = "refuse", _("Refused")

    request = models.ForeignKey(DataRequest, on_delete=models.CASCADE, related_name="items")
    model = models.CharField(_("model"), max_length=100)
    tenant_key = models.UUIDField(_("tenant"), null=True)
    action = models.CharField(_("action"), max_length=10, choices=Action)
    rows = models.PositiveIntegerField(_("rows"))
    history_rows = models.PositiveIntegerField(_("history rows"), default=0)
    ground = models.CharField(_("ground"), max_length=200, blank=True)
    until = models.DateField(_("until"), null=True)
    swept_at = models.DateTimeField(null=True)  # when what was kept until then was erased after all

    class Meta:
        ordering = ["model", "tenant_key"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"item {self.pk}"


class TenantDecision(models.Model):
    """A platform-wide request names every tenant concerned: each is its own controller and is decided by name."""

    class Answer(models.TextChoices):
        PENDING = "pending", _("Not decided")
        CARRY_OUT = "carry_out", _("Carry out")
        REFUSE = "refuse", _("Refuse")

    request = models.ForeignKey(DataRequest, on_delete=models.CASCADE, related_name="decisions")
    tenant = models.ForeignKey("tenancy.Tenant", on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(_("decision"), max_length=10, choices=Answer, default=Answer.PENDING)
    ground = models.CharField(_("ground"), max_length=200, blank=True)
    decided_by_key = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["tenant__name"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["request", "tenant"], name="pii_tenantdecision_once")]

    def __str__(self) -> str:
        return f"decision {self.pk}"
