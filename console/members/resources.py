"""Declares the columns of members once: for exports and small tables by import-export, and as the engine's own."""

from __future__ import annotations

from typing import Any

from import_export import fields, resources

from tenancy.models import UserTenantMembership

from .files.exports import neutralise


class MemberResource(resources.ModelResource):
    """The members of the tenant in scope, as rows. Reading files is the engine's work, see `flow`."""

    email = fields.Field(attribute="user__email", column_name="email", readonly=True)
    display_name = fields.Field(attribute="display_name", column_name="display_name")
    role = fields.Field(attribute="role", column_name="role")
    is_active = fields.Field(attribute="is_active", column_name="is_active")
    external_id = fields.Field(attribute="external_id", column_name="external_id")
    title = fields.Field(attribute="title", column_name="title")

    class Meta:
        model = UserTenantMembership
        fields = ("email", "display_name", "role", "is_active", "external_id", "title")
        export_order = fields
        import_id_fields = ("email",)
        skip_unchanged = True

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """The columns in the order of an export."""
        return tuple(cls._meta.export_order)


def cell(value: Any) -> str:
    """A value as a cell that no spreadsheet runs."""
    if value is None:
        return ""
    if value is True or value is False:
        return "yes" if value else "no"
    return neutralise(str(value))
