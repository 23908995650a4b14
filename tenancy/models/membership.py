"""Who belongs to which tenant, and as what."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..audit import moment
from ..roles import Role
from .owned import TenantOwnedModel


class UserTenantMembership(TenantOwnedModel):
    """One person's place in one tenant, and what that tenant says of the person.

    An account belongs to its person: a tenant writes only these columns, never the user's own name, address or
    password. Anybody's address may be brought in, so what the account says of the person is the tenant's to see only
    after the person has come in by themselves (`entered_at`, set by `tenancy.memberships.note_entry`).
    """

    tenancy_visibility: ClassVar[str] = "directory"

    tenant = models.ForeignKey(
        "tenancy.Tenant", on_delete=models.CASCADE, related_name="memberships", db_index=False, verbose_name=_("tenant")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("user")
    )
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.MEMBER)
    is_active = models.BooleanField(_("active"), default=True)
    display_name = models.CharField(_("display name"), max_length=255, blank=True)
    external_id = models.CharField(
        _("external id"), max_length=255, blank=True, help_text=_("The person's id in the tenant's own directory.")
    )
    title = models.CharField(_("title"), max_length=255, blank=True)
    entered_at = models.DateTimeField(_("first entered"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), default=moment, editable=False)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta(TenantOwnedModel.Meta):
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["-created_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "user"], name="tenancy_membership_once"),
            models.UniqueConstraint(
                fields=["tenant", "external_id"],
                condition=~models.Q(external_id=""),
                name="tenancy_membership_external_id",
            ),
            models.CheckConstraint(name="tenancy_membership_role", condition=models.Q(role__in=Role.values)),
        ]
        indexes = [
            models.Index(fields=["tenant", "role", "is_active"], name="tenancy_membership_roles"),
            models.Index(fields=["tenant", "-created_at", "id"], name="tenancy_membership_newest"),
            models.Index(fields=["-created_at", "id"], name="tenancy_membership_all_newest"),
            models.Index(fields=["role", "-created_at", "id"], name="tenancy_membership_by_role"),
            models.Index(
                fields=["-created_at", "id"], name="tenancy_membership_off", condition=models.Q(is_active=False)
            ),
        ]

    def __str__(self) -> str:
        return f"membership {self.pk}"
