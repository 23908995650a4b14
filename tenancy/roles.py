"""What a membership may do: four ordered roles and one truth table."""

from __future__ import annotations

from django.db.models import TextChoices


class Role(TextChoices):
    """Roles of a membership, from most to least powerful."""

    OWNER = "owner", "Owner"
    ADMIN = "admin", "Administrator"
    MEMBER = "member", "Member"
    VIEWER = "viewer", "Viewer"

    @property
    def rank(self) -> int:
        """0 for viewer up to 3 for owner."""
        return _RANKS[self.value]

    def covers(self, other: Role | str) -> bool:
        """Whether this role holds at least the power of `other`."""
        return self.rank >= Role(other).rank


_RANKS = {"viewer": 0, "member": 1, "admin": 2, "owner": 3}


class Action(TextChoices):
    """What can be done inside a tenant; views, admin and commands ask for one of these."""

    RECORDS_READ = "records.read", "Read records"
    RECORDS_WRITE = "records.write", "Create, change and delete records"
    RECORDS_IMPORT = "records.import", "Import and export records"
    MEMBERS_READ = "members.read", "See who is a member"
    MEMBERS_MANAGE = "members.manage", "Invite, change and remove members"
    SETTINGS_MANAGE = "settings.manage", "Change settings"
    AUDIT_READ = "audit.read", "Read the audit log"
    PRIVACY_MANAGE = "privacy.manage", "Answer data-subject requests"
    TENANT_EXPORT = "tenant.export", "Export the whole organisation"
    OWNERSHIP_TRANSFER = "ownership.transfer", "Transfer ownership"


MINIMUM_ROLE: dict[Action, Role] = {
    Action.RECORDS_READ: Role.VIEWER,
    Action.RECORDS_WRITE: Role.MEMBER,
    Action.RECORDS_IMPORT: Role.ADMIN,
    Action.MEMBERS_READ: Role.VIEWER,
    Action.MEMBERS_MANAGE: Role.ADMIN,
    Action.SETTINGS_MANAGE: Role.ADMIN,
    Action.AUDIT_READ: Role.ADMIN,
    Action.PRIVACY_MANAGE: Role.ADMIN,
    Action.TENANT_EXPORT: Role.OWNER,
    Action.OWNERSHIP_TRANSFER: Role.OWNER,
}


def can(role: Role | str | None, action: Action) -> bool:
    """Whether `role` may do `action`; nobody without a role may do anything."""
    return role is not None and Role(role).covers(MINIMUM_ROLE[action])
