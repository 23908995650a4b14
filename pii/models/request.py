"""One data-subject request."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What the person asks for."""

    ACCESS = "access", _("Access and portability (Art. 15, 20)")
    ERASURE = "erasure", _("Erasure (Art. 17)")
    RECTIFICATION = "rectification", _("Rectification (Art. 16)")
    RESTRICTION = "restriction", _("Restriction (Art. 18)")


class State(models.TextChoices):
    """Where a request stands; `pii.requests.transitions` has the table of moves."""

    RECEIVED = "received", _("Received")
    IDENTITY = "identity", _("Identity in doubt")
    PLANNED = "planned", _("Planned")
    APPROVED = "approved", _("Approved")
    RUNNING = "running", _("Running")
    VERIFYING = "verifying", _("Verifying")
    DONE = "done", _("Done")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    FAILED = "failed", _("Failed")


class DataRequest(models.Model):
    """Changed only through `pii.requests`. Two halves: who it is about (scrubbed when done), and what was done (kept).

    `tenant` limits a request to one organisation; without one it concerns the whole platform.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(_("number"), max_length=20, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.RECEIVED, editable=False)
    tenant = models.ForeignKey(
        "tenancy.Tenant", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("tenant")
    )
    # The identifying half; emptied when the request is done ------------------------------------------------------
    contact_name = models.CharField(_("name"), max_length=255, blank=True)
    contact_email = models.EmailField(_("reply to"), max_length=254, blank=True)
    message = models.TextField(_("what they wrote"), blank=True)
    subject = models.JSONField(_("frozen identifiers"), default=dict, blank=True, editable=False)
    scrubbed_at = models.DateTimeField(_("identifiers scrubbed"), null=True, editable=False)
    # The clock ----------------------------------------------------------------------------------------------------
    received_at = models.DateTimeField(_("received"))  # never rewritten
    due_on = models.DateField(_("due"))
    extended_at = models.DateTimeField(_("extended"), null=True, editable=False)
    paused_at = models.DateTimeField(_("clock stopped"), null=True, editable=False)
    paused_days = models.PositiveIntegerField(default=0, editable=False)
    reminded_at = models.DateTimeField(null=True, editable=False)
    # Identity -----------------------------------------------------------------------------------------------------
    identity_method = models.CharField(_("identity checked by"), max_length=100, blank=True, editable=False)
    identity_at = models.DateTimeField(null=True, editable=False)
    code_hash = models.CharField(max_length=128, blank=True, editable=False)
    code_tries = models.PositiveSmallIntegerField(default=0, editable=False)
    code_expires_at = models.DateTimeField(null=True, editable=False)
    # Who ----------------------------------------------------------------------------------------------------------
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("entered by")
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("approved by")
    )
    # What ---------------------------------------------------------------------------------------------------------
    plan_hash = models.CharField(max_length=64, blank=True, editable=False)
    registry_hash = models.CharField(max_length=64, blank=True, editable=False)
    with_account = models.BooleanField(_("includes the account"), default=True, editable=False)
    planned_at = models.DateTimeField(null=True, editable=False)
    approved_at = models.DateTimeField(null=True, editable=False)
    approved_hash = models.CharField(max_length=64, blank=True, editable=False)
    not_before = models.DateTimeField(_("cooling off until"), null=True, editable=False)
    finished_at = models.DateTimeField(_("finished"), null=True, editable=False)
    is_partial = models.BooleanField(_("partial"), default=False, editable=False)
    report = models.JSONField(_("report"), default=dict, blank=True, editable=False)
    signature = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("privacy request")
        verbose_name_plural = _("privacy requests")
        ordering = ["due_on", "number"]
        default_permissions = ("view",)
        permissions = [
            ("enter_datarequest", "Can enter and work on privacy requests"),
            ("approve_datarequest", "Can approve privacy requests"),
            ("reveal_pii", "Can reveal masked personal data"),
        ]
        indexes = [
            models.Index(fields=["state", "due_on", "id"], name="pii_request_worklist"),
            models.Index(fields=["tenant", "state", "due_on"], name="pii_request_tenant"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        """Whether something is left to do."""
        return self.state not in (State.DONE, State.REFUSED, State.WITHDRAWN)
