"""What operators set for every tenant, and the append-only record of every change of a setting."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from ..audit import moment
from .owned import TenantOwnedModel


class PlatformSettings(models.Model):
    """The platform's overrides and locks: one row, read where its revision is new to the process.

    `revision` is drawn anew at every write: caches keyed by it can not survive a rolled-back transaction, which a
    counter would allow.
    """

    SINGLE = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=SINGLE)
    document = models.JSONField(default=dict)  # {"group": {"v": 1, "values": {…}}}
    locks = models.JSONField(default=dict)  # {"group.key": {"by", "at", "reason"}}
    version = models.PositiveIntegerField(_("version"), default=0)
    revision = models.UUIDField(default=uuid.uuid4)

    class Meta:
        verbose_name = _("platform settings")
        verbose_name_plural = _("platform settings")
        constraints = [models.CheckConstraint(name="tenancy_platformsettings_single", condition=models.Q(id=1))]

    def __str__(self) -> str:
        return f"platform settings {self.version}"


class Recorded(models.Model):
    """One change of settings. Values of secrets never stand here, and the actor is a key that outlives the account."""

    version = models.PositiveIntegerField(_("version"))  # the document's version after the change, without gaps
    changes = models.JSONField(_("changes"))  # {"group": {"v": [1, 2], "keys": {"key": {"before", "after"}}}}
    actor_id = models.CharField(_("actor"), max_length=64, blank=True)  # empty: the command line or the system
    reason = models.TextField(_("reason"), blank=True)
    source = models.CharField(_("made by"), max_length=20)  # form, command, import, rollback, bulk, upgrade, rotation
    created_at = models.DateTimeField(_("when"), default=moment, editable=False)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("A recorded change is never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError("A recorded change is never deleted.")

    @property
    def names(self) -> list[str]:
        """The settings that changed, as ``group.key``."""
        return [f"{group}.{key}" for group, entry in self.changes.items() for key in entry["keys"]]


class SettingChange(Recorded, TenantOwnedModel):
    """A change of one tenant's settings."""

    tenancy_visibility: ClassVar[str] = "directory"

    class Meta(TenantOwnedModel.Meta):
        verbose_name = _("change of settings")
        verbose_name_plural = _("changes of settings")
        default_permissions = ("view",)
        ordering = ["-version"]
        constraints = [models.UniqueConstraint(fields=["tenant", "version"], name="tenancy_settingchange_version")]

    def __str__(self) -> str:
        return f"change {self.version} of tenant {self.tenant_id}"


class PlatformSettingChange(Recorded):
    """A change of the platform's overrides or locks; `locks` holds ``{"group.key": true or false}``."""

    locks = models.JSONField(_("locks"), default=dict)

    class Meta:
        verbose_name = _("change of platform settings")
        verbose_name_plural = _("changes of platform settings")
        default_permissions = ("view",)
        ordering = ["-version"]
        constraints = [models.UniqueConstraint(fields=["version"], name="tenancy_platformsettingchange_version")]

    def __str__(self) -> str:
        return f"change {self.version} of the platform"


class BulkSettingChange(models.Model):
    """One setting changed for many tenants: what was asked, how far it is, and every tenant's outcome.

    Each tenant is a transaction of its own; a killed job goes on after `cursor`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("setting"), max_length=130)  # group.key
    value = models.JSONField(_("value"), null=True, blank=True)
    is_reset = models.BooleanField(_("reset to the inherited value"), default=False)
    tenant_ids = models.JSONField(_("tenants"), default=list)
    is_dry_run = models.BooleanField(_("dry run"), default=True)
    actor_id = models.CharField(_("actor"), max_length=64, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    cursor = models.PositiveIntegerField(_("tenants done"), default=0)
    changed = models.PositiveIntegerField(_("changed"), default=0)
    unchanged = models.PositiveIntegerField(_("unchanged"), default=0)
    refused = models.JSONField(_("refused"), default=dict)  # {"tenant's key": "why"}
    created_at = models.DateTimeField(_("started"), default=moment, editable=False)
    finished_at = models.DateTimeField(_("finished"), null=True, editable=False)

    class Meta:
        verbose_name = _("bulk change of a setting")
        verbose_name_plural = _("bulk changes of settings")
        ordering = ["-created_at", "id"]
        indexes = [models.Index(fields=["-created_at", "id"], name="tenancy_bulksetting_newest")]

    def __str__(self) -> str:
        return f"bulk change {self.pk}"
