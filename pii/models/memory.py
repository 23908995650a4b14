"""The memory of erasures: what must be erased again when a backup brings it back."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from .request import DataRequest


class Tombstone(models.Model):
    """One erased root row. Also a line of the journal outside the database; expires with the oldest backup."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(DataRequest, on_delete=models.SET_NULL, null=True, related_name="tombstones")
    model = models.CharField(_("model"), max_length=100)
    key = models.CharField(_("key"), max_length=255)
    tenant_key = models.UUIDField(_("tenant"), null=True)
    limited_to = models.UUIDField(null=True)  # the one tenant of the request; null: the platform
    registry_hash = models.CharField(max_length=64)
    erased_at = models.DateTimeField(_("erased"))
    expires_at = models.DateTimeField(_("remembered until"))
    replayed_at = models.DateTimeField(_("erased again"), null=True)

    class Meta:
        ordering = ["-erased_at"]
        default_permissions = ("view",)
        indexes = [models.Index(fields=["model", "key"], name="pii_tombstone_row")]

    def __str__(self) -> str:
        return f"tombstone {self.pk}"


class TombstoneHash(models.Model):
    """One keyed hash of an erased identifier, for look-ups when somebody comes back."""

    tombstone = models.ForeignKey(Tombstone, on_delete=models.CASCADE, related_name="hash_rows")
    digest = models.CharField(max_length=64, db_index=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"hash {self.pk}"


class Reappearance(models.Model):
    """An erased person came back by import, restore or their own sign-up: a task for an officer, or a note."""

    class How(models.TextChoices):
        IMPORT = "import", _("Import")
        RESTORE = "restore", _("Restore")
        SIGNUP = "signup", _("Their own sign-up")

    tombstone = models.ForeignKey(Tombstone, on_delete=models.CASCADE, related_name="reappearances")
    how = models.CharField(_("how"), max_length=10, choices=How)
    tenant_key = models.UUIDField(_("tenant"), null=True)
    model = models.CharField(_("model"), max_length=100, blank=True)
    key = models.CharField(_("key"), max_length=255, blank=True)
    at = models.DateTimeField(_("when"))
    closed_at = models.DateTimeField(_("closed"), null=True)

    class Meta:
        ordering = ["-at"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"reappearance {self.pk}"
