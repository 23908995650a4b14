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
        FOUND = "found", _("Found")  # of a request that erases nothing

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


class ItemDecision(models.Model):
    """One line of the plan that stays although the rest goes: rows of a model, in one tenant, on a ground of their own.

    Where `until` has passed, the sweep erases what was kept.
    """

    class Ground(models.TextChoices):
        HOLD = "hold", _("Legal hold")
        DUTY = "duty", _("Duty to keep (Art. 17(3)(b))")
        CLAIMS = "claims", _("Legal claims (Art. 17(3)(e))")
        EXPRESSION = "expression", _("Freedom of expression and information (Art. 17(3)(a))")
        HEALTH = "health", _("Public health (Art. 17(3)(c))")
        ARCHIVE = "archive", _("Archiving or research (Art. 17(3)(d))")

    request = models.ForeignKey(DataRequest, on_delete=models.CASCADE, related_name="kept_items")
    model = models.CharField(_("model"), max_length=100)  # its label, in lower case
    tenant_key = models.UUIDField(_("tenant"))
    ground = models.CharField(_("ground"), max_length=10, choices=Ground)
    note = models.CharField(_("note"), max_length=150, blank=True)
    until = models.DateField(_("until"), null=True, blank=True)
    decided_by_key = models.CharField(max_length=64, blank=True)
    decided_at = models.DateTimeField(_("decided"))

    class Meta:
        ordering = ["model"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["request", "model", "tenant_key"], name="pii_itemdecision_once")]

    def __str__(self) -> str:
        return f"item decision {self.pk}"

    @property
    def words(self) -> str:
        """The ground as the plan, the letter and the report name it."""
        label = str(self.Ground(self.ground).label)
        return f"{label}: {self.note}" if self.note else label


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
