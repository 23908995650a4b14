"""An invitation of one address into one tenant: single use, expiring, revocable."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..audit import moment
from ..roles import Role
from .owned import TenantOwnedModel


class Invitation(TenantOwnedModel):
    """Stands from being sent until it is accepted, revoked or expired. Only a hash of its token is stored."""

    tenancy_visibility: ClassVar[str] = "directory"
    tenancy_global_uniques: ClassVar[dict[str, str]] = {
        "token_hash": "A hash of 256 random bits tells nobody anything."
    }

    tenant = models.ForeignKey(
        "tenancy.Tenant", on_delete=models.CASCADE, related_name="invitations", db_index=False, verbose_name=_("tenant")
    )
    email = models.EmailField(_("e-mail address"), max_length=254)  # lower case, see save paths in tenancy.invitations
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.MEMBER)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("invited by"),
    )
    token_hash = models.CharField(max_length=64, unique=True, editable=False)  # sha256 of the token in the mail
    created_at = models.DateTimeField(_("sent"), default=moment, editable=False)
    expires_at = models.DateTimeField(_("expires"))
    sent_count = models.PositiveSmallIntegerField(_("times sent"), default=0, editable=False)
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)

    class Meta(TenantOwnedModel.Meta):
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "email"],
                condition=models.Q(accepted_at=None, revoked_at=None),
                name="tenancy_invitation_one_open",
            ),
            models.CheckConstraint(name="tenancy_invitation_role", condition=models.Q(role__in=Role.values)),
        ]
        indexes = [
            models.Index(fields=["tenant", "-created_at", "id"], name="tenancy_invitation_newest"),
            models.Index(fields=["-created_at", "id"], name="tenancy_invitation_all_newest"),
            models.Index(fields=["email"], name="tenancy_invitation_email"),
        ]

    def __str__(self) -> str:
        return f"invitation {self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether it can still be accepted."""
        return self.accepted_at is None and self.revoked_at is None and self.expires_at > timezone.now()
