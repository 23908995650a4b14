"""The ways back of the product's own kinds: by their verbs, records by a validated save; each says what cannot go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tenancy import Role, lifecycle, memberships
from tenancy.models import Tenant, TenantState, UserTenantMembership

from .files import no_bytes
from .invited import invited_again, open_or_close, used_already, where_invited
from .reverting import Way, insert_again, save_fields, way_back

LIFE = ("state", "suspended_reason", "suspended_until")


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


def change_tenant(obj: Tenant, values: Mapping[str, Any], *, by: Any, reason: str) -> None:
    """Name, slug and life, each by its verb. A suspension returns with the words and the end that it had."""
    if "name" in values or "slug" in values:
        obj = lifecycle.rename_tenant(obj, name=values.get("name"), slug=values.get("slug"), by=by, reason=reason)
    if not any(name in values for name in LIFE):
        return
    state, shown, until = (values.get(name, getattr(obj, name)) for name in LIFE)
    if state == TenantState.ARCHIVED:
        lifecycle.archive_tenant(obj, by=by, reason=reason)
        return
    if state == TenantState.ACTIVE or obj.state == TenantState.ARCHIVED:
        obj = lifecycle.restore_tenant(obj, by=by, reason=reason)
    if state == TenantState.SUSPENDED:
        lifecycle.suspend_tenant(obj, by=by, reason=shown, until=until)


def life_needs(name: str, then: Any) -> str:
    """A state goes back by the rights of its dialogs, not by the right to rename."""
    if name not in LIFE:
        return ""
    return "tenancy.archive_tenant" if then == TenantState.ARCHIVED else "tenancy.suspend_tenant"


def is_purged(row: Any, obj: Any) -> Any:
    """Of a purged tenant there is nothing that could go back."""
    return _("The tenant is purged: nothing of it is left.") if obj and obj.state == TenantState.PURGED else ""


def page_of_tenant(row: Any, obj: Any) -> tuple[str, Any]:
    key = row.id if type(row).instance_type is Tenant else row.tenant_id
    return reverse("admin:tenant_page", args=[key]), _("Page of the tenant")


def page_of_person(row: Any, obj: Any) -> tuple[str, Any]:
    key = row.user_id if type(row).instance_type is UserTenantMembership else row.id
    return reverse("admin:person_page", args=[key]), _("Page of the person")


def register() -> None:
    """Called once all apps are loaded."""
    way_back(
        "tenancy.tenant",
        Way(
            "tenancy.change_tenant",
            ("name", "slug", *LIFE),
            change_tenant,
            carries={"state": ("is_active", "suspended_reason", "suspended_until", "archived_at")},
            needs=life_needs,
            why_not=is_purged,
            words=_("A state goes back by its own act: a suspension returns with the words and the end it had."),
            where=page_of_tenant,
        ),
    )
    fields = ("role", "is_active", *memberships.SAID_BY_THE_TENANT)
    change = "tenancy.change_usertenantmembership"
    way_back("tenancy.usertenantmembership", Way(change, fields, change_member, member_again, where=page_of_person))
    way_back(
        "tenancy.invitation",
        Way(
            "tenancy.change_invitation",
            ("revoked_at",),
            open_or_close,
            invited_again,
            why_not=used_already,
            words=_("An invitation that opens again is sent again: a new mail, a new link, a new term."),
            where=where_invited,
        ),
    )
    own = ("full_name", "locale", "time_zone")
    way_back("accounts.user", Way("accounts.change_user", own, save_fields, where=page_of_person))
    # The customers' records: in an open staff session alone, like every other look at them.
    contact = ("first_name", "last_name", "email", "external_id", "phone", "company")
    address = ("street", "postal_code", "city", "country", "birth_date", "attributes")
    content = "operations.open_session"
    way_back("workspace.contact", Way(content, (*contact, *address), save_fields, restore=insert_again))
    way_back("workspace.note", Way(content, ("body",), save_fields, restore=insert_again))
    way_back("workspace.tag", Way(content, ("name",), save_fields, restore=insert_again))
    way_back("workspace.contacttag", Way(content, (), save_fields, restore=insert_again))
    way_back(
        "workspace.attachment",
        Way(
            content,
            ("name",),
            save_fields,
            insert_again,
            why_not=no_bytes,
            words=_("The file is kept where it was: its row returns only while the same bytes stand there."),
            where=page_of_tenant,
        ),
    )
