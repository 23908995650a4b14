"""A customer organisation."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..audit import moment
from ..settings.config import Config

RESERVED_SLUGS = frozenset(
    (
        "about account accounts admin api app assets auth billing blog console dashboard docs healthz help "
        "invite invitation login logout mail me media new null platform privacy readyz root security settings signup "
        "static status support system tenant tenants undefined webhook webhooks workspace www"
    ).split()
)
"""Slugs that would collide with paths, subdomains or words of the product itself."""


def refuse_reserved_slug(value: str) -> None:
    """Raise ValidationError for a slug that the product keeps for itself."""
    if value in RESERVED_SLUGS:
        raise ValidationError(
            _("“%(value)s” is reserved; choose another slug."), code="reserved", params={"value": value}
        )


class TenantState(models.TextChoices):
    """Where a tenant stands in its life."""

    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    ARCHIVED = "archived", _("Archived")
    PURGED = "purged", _("Purged")  # the key alone is left, for the trail and the privacy records that name it


class Tenant(models.Model):
    """One customer organisation. Its life cycle is changed through `tenancy.lifecycle` only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=255)
    slug = models.CharField(
        _("slug"),
        max_length=100,
        unique=True,
        validators=[
            RegexValidator(
                r"\A[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\Z",
                _("Use lower-case letters, digits and single hyphens, and start and end with a letter or digit."),
            ),
            refuse_reserved_slug,
        ],
        help_text=_("Stands in addresses: lower-case letters, digits and hyphens."),
    )
    is_active = models.BooleanField(_("active"), default=True, editable=False)  # follows `state`; a CHECK ties them
    state = models.CharField(_("state"), max_length=20, choices=TenantState, default=TenantState.ACTIVE, editable=False)
    suspended_reason = models.TextField(_("reason of suspension"), blank=True, editable=False)  # members are shown it
    suspended_until = models.DateTimeField(_("suspended until"), null=True, blank=True, editable=False)
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True, editable=False)  # a purge counts from here
    settings = models.JSONField(_("settings"), default=dict, blank=True, editable=False)  # see tenancy.settings
    settings_version = models.PositiveIntegerField(_("version of settings"), default=0, editable=False)
    created_at = models.DateTimeField(_("created"), default=moment, editable=False)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("tenant")
        verbose_name_plural = _("tenants")
        ordering = ["name", "id"]
        permissions = [
            ("suspend_tenant", "Can suspend and restore tenants"),
            ("archive_tenant", "Can archive tenants"),
            ("purge_tenant", "Can ask for the purge of archived tenants"),
            ("transfer_tenant", "Can make members owners"),
            ("import_tenant", "Can import tenants"),
            ("export_tenant", "Can export tenants"),
        ]
        indexes = [
            models.Index(fields=["name", "id"], name="tenancy_tenant_name"),
            models.Index(fields=["state", "name", "id"], name="tenancy_tenant_state"),
            models.Index(fields=["-created_at", "id"], name="tenancy_tenant_created"),
        ]
        constraints = [
            models.CheckConstraint(
                name="tenancy_tenant_active_follows_state",
                condition=models.Q(is_active=True, state="active")
                | models.Q(is_active=False, state__in=["suspended", "archived", "purged"]),
            ),
            models.CheckConstraint(
                name="tenancy_tenant_slug_form", condition=models.Q(slug__regex=r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?$")
            ),
        ]

    def __str__(self) -> str:
        return self.slug

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.is_active = self.state == TenantState.ACTIVE
        if not self._state.adding and not args and kwargs.get("update_fields") is None:
            # Settings are written by tenancy.settings.store alone: an instance read earlier would undo a change.
            kept = ("id", "settings", "settings_version")
            loaded = self.__dict__
            fields = [field for field in self._meta.concrete_fields if field.attname in loaded]
            kwargs["update_fields"] = [field.name for field in fields if field.name not in kept]
        super().save(*args, **kwargs)

    @property
    def config(self) -> Config:
        """The tenant's resolved settings: ``tenant.config.members.allowed_domains``. Typed, cached and read-only.

        The values come with this row. The platform's overrides are known by their revision, which the middleware reads
        along; only after a change, and in requests without a tenant, does the first use cost a query.
        """
        config = self.__dict__.get("_config")
        if config is None or not config.is_current(self):
            config = self.__dict__["_config"] = Config(self)
        return config
