"""One import of a file into a tenant: where it stands, what was chosen, how many rows went where."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenancy.models import TenantOwnedModel
from tenancy.roles import Role


class ImportState(models.TextChoices):
    """Where an import stands. `flow` is the only writer."""

    UPLOADED = "uploaded", _("Uploaded")  # waits for the mapping to be confirmed
    PREVIEWING = "previewing", _("Being checked")
    PREVIEWED = "previewed", _("Waits for confirmation")
    RUNNING = "running", _("Running")
    STOPPED = "stopped", _("Stopped")  # can be resumed or discarded; the message says why
    DONE = "done", _("Done")
    DISCARDED = "discarded", _("Discarded")
    UNDOING = "undoing", _("Being undone")
    UNDONE = "undone", _("Undone")


BUSY = (ImportState.RUNNING, ImportState.UNDOING)
OVER = (ImportState.DONE, ImportState.DISCARDED, ImportState.UNDONE)


def kept_file_path(instance: MemberImport, filename: str) -> str:
    """Under the tenant's prefix, without the name that the uploader gave."""
    return f"tenants/{instance.tenant_id}/imports/{instance.pk}"


class MemberImport(TenantOwnedModel):
    """One file on its way into a tenant.

    The row itself holds numbers and names of columns, no people; those are in the kept file and, between preview and
    purge, in the staging tables.
    """

    tenancy_visibility: ClassVar[str] = "directory"

    number = models.PositiveIntegerField(_("number"), editable=False)  # per tenant, from 1; the reason in history
    target = models.CharField(max_length=20, default="members", editable=False)  # key of console.members.targets
    state = models.CharField(_("state"), max_length=12, choices=ImportState, default=ImportState.UPLOADED)
    file = models.FileField(_("file"), upload_to=kept_file_path, max_length=255, blank=True)  # blank: purged
    file_name = models.CharField(_("file name"), max_length=255)
    file_size = models.BigIntegerField(_("size"), default=0)
    file_hash = models.CharField(max_length=64, editable=False)  # sha256, tells a second upload of the same file
    header_hash = models.CharField(max_length=64, blank=True, editable=False)  # finds the mapping remembered for it
    overrides = models.JSONField(default=dict, blank=True)  # encoding, delimiter, sheet, mapping as a person chose
    choices = models.JSONField(default=dict, blank=True)  # see choices.Choices
    detected = models.JSONField(default=dict, blank=True)  # Detection.summary(): how the file is read
    rules = models.JSONField(default=list, blank=True)  # translations used: [column, value, meaning, how often]
    counts = models.JSONField(default=dict, blank=True)  # rows by action in the preview
    applied = models.JSONField(default=dict, blank=True)  # rows written so far: new, changed, conflicts, invited
    notes = models.JSONField(default=list, blank=True)  # sentences for the reader, without values of rows
    places = models.JSONField(default=list, blank=True, editable=False)  # how far the merge came, see places.py
    message = models.CharField(_("message"), max_length=500, blank=True)  # why it stopped
    ceiling = models.CharField(max_length=10, choices=Role, default=Role.OWNER, editable=False)  # importer's own role
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("imported by"),
    )
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(_("uploaded"), default=timezone.now, editable=False)
    previewed_at = models.DateTimeField(null=True, blank=True, editable=False)
    started_at = models.DateTimeField(null=True, blank=True, editable=False)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True, editable=False)
    keep_until = models.DateTimeField(_("file kept until"), editable=False)

    class Meta(TenantOwnedModel.Meta):
        verbose_name = _("import of members")
        verbose_name_plural = _("imports of members")
        ordering = ["-created_at", "id"]
        default_permissions = ("add", "change", "view")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="members_import_number"),
            models.UniqueConstraint(
                fields=["tenant"],
                condition=models.Q(state__in=["running", "undoing"]),
                name="members_import_one_at_a_time",
            ),
            models.CheckConstraint(name="members_import_state", condition=models.Q(state__in=ImportState.values)),
        ]
        indexes = [
            models.Index(fields=["tenant", "-created_at", "id"], name="members_import_newest"),
            models.Index(fields=["-created_at", "id"], name="members_import_all_newest"),
            models.Index(fields=["state", "keep_until"], name="members_import_purge"),
            models.Index(fields=["tenant", "header_hash"], name="members_import_header"),
            models.Index(fields=["tenant", "file_hash"], name="members_import_same_file"),
        ]

    def __str__(self) -> str:
        return f"import {self.number}"

    @property
    def reason(self) -> str:
        """What stands as the reason in every history row that it writes."""
        return f"import #{self.number}"

    @property
    def is_over(self) -> bool:
        return self.state in OVER

    def applied_count(self, name: str) -> int:
        """Rows written so far under `name`."""
        return int(self.applied.get(name, 0))

    def add_applied(self, **numbers: int) -> None:
        """Add to the numbers of rows written."""
        self.applied = self.applied | {name: self.applied_count(name) + value for name, value in numbers.items()}

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.file_name = self.file_name[:255]
        super().save(*args, **kwargs)
