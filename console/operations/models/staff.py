"""What staff open, note and approve."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class StaffSession(models.Model):
    """A timed look of staff into one tenant's content, with a reason and a ticket; perhaps as a member sees it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("staff")
    )
    tenant = models.ForeignKey("tenancy.Tenant", on_delete=models.CASCADE, related_name="+", verbose_name=_("tenant"))
    viewing_as = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+", verbose_name=_("viewing as")
    )
    reason = models.CharField(_("reason"), max_length=500)
    ticket = models.CharField(_("ticket"), max_length=100)
    opened_at = models.DateTimeField(_("opened"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires"))
    ended_at = models.DateTimeField(_("ended"), null=True)

    class Meta:
        verbose_name = _("staff session")
        verbose_name_plural = _("staff sessions")
        ordering = ["-opened_at", "id"]
        default_permissions = ("view",)
        permissions = [
            ("open_session", "Can open staff sessions"),
            ("view_as_member", "Can view the workspace as a member"),
        ]
        indexes = [
            models.Index(fields=["actor", "-expires_at"], name="operations_session_live"),
            models.Index(fields=["-opened_at", "id"], name="operations_session_newest"),
        ]

    def __str__(self) -> str:
        return f"staff session {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.ended_at is None and self.expires_at > timezone.now()


class StaffNote(models.Model):
    """What staff tell each other about a tenant or a person; a pinned note warns whoever opens the page."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tenant = models.ForeignKey("tenancy.Tenant", on_delete=models.CASCADE, null=True, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    text = models.TextField(_("note"), max_length=2000)
    is_pinned = models.BooleanField(_("pinned"), default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("staff note")
        verbose_name_plural = _("staff notes")
        ordering = ["-is_pinned", "-created_at"]
        default_permissions = ()
        permissions = [("add_note", "Can write staff notes")]
        constraints = [
            models.CheckConstraint(
                name="operations_staffnote_about_one",
                condition=models.Q(tenant__isnull=False, user__isnull=True)
                | models.Q(tenant__isnull=True, user__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"note {self.pk}"


class ApprovalState(models.TextChoices):
    """Where a question for four eyes stands."""

    ASKED = "asked", _("Asked")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Refused")
    EXPIRED = "expired", _("Expired")
    WITHDRAWN = "withdrawn", _("Taken back")


class Approval(models.Model):
    """One act that needs a second person: one asks, another approves in time, neither does both."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    verb = models.CharField(_("act"), max_length=100)
    tenant_key = models.UUIDField(_("tenant"), null=True)  # survives a purge
    details = models.JSONField(default=dict)  # keys and counts
    reason = models.CharField(_("reason"), max_length=500)
    state = models.CharField(_("state"), max_length=10, choices=ApprovalState, default=ApprovalState.ASKED)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires"))
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(_("decided"), null=True)

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        ordering = ["-asked_at", "id"]
        default_permissions = ("view",)
        permissions = [("decide_approval", "Can approve what somebody else asked")]
        constraints = [
            models.CheckConstraint(
                name="operations_approval_four_eyes",
                condition=models.Q(decided_by__isnull=True) | ~models.Q(decided_by=models.F("asked_by")),
            )
        ]

    def __str__(self) -> str:
        return f"approval {self.pk}"
