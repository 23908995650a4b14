"""The ways back of the product's own kinds: members and tenants by their verbs, records by a validated save."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tenancy import Role, lifecycle, memberships
from tenancy.models import Tenant, UserTenantMembership

from .reverting import Way, insert_again, save_fields, way_back


def change_member(obj: UserTenantMembership, values: Mapping[str, Any], *, by: Any, reason: str) -> None:
    """Role, activity and details, each by its verb."""
    why: dict[str, Any] = {"by": by, "reason": reason}
    said = {name: value for name, value in values.items() if name in memberships.SAID_BY_THE_TENANT}
    if said:
        memberships.change_details(obj, **why, **said)
    if "role" in values:
        memberships.change_role(obj, Role(values["role"]), **why)
    if "is_active" in values:
        verb = memberships.reactivate_membership if values["is_active"] else memberships.deactivate_membership
        verb(obj, **why)


def member_again(row: Any, *, by: Any, reason: str) -> UserTenantMembership:
    """A membership returns as a new assignment, with the role and the details it had."""
    said = {name: getattr(row, name) for name in memberships.SAID_BY_THE_TENANT}
    return memberships.assign_user_to_tenant(row.user, row.tenant, row.role, by=by, reason=reason, **said)


def rename(obj: Tenant, values: Mapping[str, Any], *, by: Any, reason: str) -> None:
    lifecycle.rename_tenant(obj, name=values.get("name"), slug=values.get("slug"), by=by, reason=reason)


def register() -> None:
    """Called once all apps are loaded."""
    way_back("tenancy.tenant", Way("tenancy.change_tenant", ("name", "slug"), rename))
    fields = ("role", "is_active", *memberships.SAID_BY_THE_TENANT)
    change = "tenancy.change_usertenantmembership"
    way_back("tenancy.usertenantmembership", Way(change, fields, change_member, member_again))
    way_back("accounts.user", Way("accounts.change_user", ("full_name", "locale", "time_zone"), save_fields))
    # The customers' records: in an open staff session alone, like every other look at them.
    contact = ("first_name", "last_name", "email", "phone", "company", "street", "postal_code", "city", "country")
    content = "operations.open_session"
    way_back(
        "workspace.contact", Way(content, (*contact, "birth_date", "attributes"), save_fields, restore=insert_again)
    )
    way_back("workspace.note", Way(content, ("body",), save_fields, restore=insert_again))
    way_back("workspace.tag", Way(content, ("name",), save_fields, restore=insert_again))
    way_back("workspace.contacttag", Way(content, (), save_fields, restore=insert_again))
