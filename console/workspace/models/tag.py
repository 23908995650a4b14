"""Words that group contacts."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from console.history import record_trail
from tenancy.audit import moment
from tenancy.models import TenantOwnedModel

from ..keys import SearchKeyField, search_key


class Tag(TenantOwnedModel):
    """One word of a tenant; two spellings of it are the same tag."""

    name = models.CharField(_("name"), max_length=50)
    name_key = SearchKeyField()

    history = record_trail(excluded_fields=["name_key"])

    class Meta(TenantOwnedModel.Meta):
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ["name_key", "id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "name_key"], name="workspace_tag_name")]

    def __str__(self) -> str:
        return f"tag {self.pk}"

    def search_keys(self) -> dict[str, str]:
        """The stored search key as the name says it now."""
        return {"name_key": search_key(self.name)}

    def save(self, *args: Any, **kwargs: Any) -> None:
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "name_key"}
        super().save(*args, **kwargs)


class ContactTag(TenantOwnedModel):
    """That a contact carries a tag; tenant-owned itself, so that neither side can be another tenant's."""

    contact = models.ForeignKey("workspace.Contact", on_delete=models.CASCADE, related_name="taggings", db_index=False)
    tag = models.ForeignKey("workspace.Tag", on_delete=models.CASCADE, related_name="taggings", db_index=False)
    created_at = models.DateTimeField(_("tagged"), default=moment, editable=False)

    history = record_trail(found_by=("contact",))  # the tags of a contact as of any moment

    class Meta(TenantOwnedModel.Meta):
        verbose_name = _("tag of a contact")
        verbose_name_plural = _("tags of contacts")
        constraints = [models.UniqueConstraint(fields=["tenant", "contact", "tag"], name="workspace_contacttag_once")]
        indexes = [models.Index(fields=["tenant", "tag", "contact"], name="workspace_contacttag_tag")]

    def __str__(self) -> str:
        return f"tagging {self.pk}"
