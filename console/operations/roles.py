"""Staff roles as data: what each may do, in one table, made into groups after every migrate."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.utils.translation import gettext_lazy as _

DIRECTORY = (
    "tenancy.view_tenant tenancy.view_usertenantmembership tenancy.view_invitation accounts.view_user "
    "console.view_jobrun operations.view_bulkrun operations.view_bulkrow"
).split()
SUPPORT = "tenancy.add_invitation tenancy.change_invitation operations.open_session operations.add_note".split()
LOOKING = ["workspace.view_contact", "operations.view_as_member"]  # both open inside a session alone
IMPORT = (
    "members.view_memberimport members.add_memberimport members.change_memberimport tenancy.add_usertenantmembership "
    "tenancy.change_usertenantmembership tenancy.import_tenant tenancy.export_tenant operations.export_list"
).split()
PRIVACY = (
    "pii.add_legalhold pii.approve_datarequest pii.change_legalhold pii.enter_datarequest pii.reveal_pii "
    "pii.view_datarequest pii.view_legalhold pii.view_package pii.view_reappearance pii.view_requestevent "
    "pii.view_restriction pii.view_reveal pii.view_reviewitem pii.view_scanrun pii.view_tombstone "
    "workspace.view_contact"
).split()
TRAIL = (
    "operations.view_auditevent operations.browse_history operations.view_staffsession operations.view_approval "
    "pii.view_reveal pii.view_requestevent pii.view_restriction tenancy.view_settingchange "
    "tenancy.view_platformsettingchange procrastinate.view_procrastinatejob auth.view_group tenancy.view_tenantpurge "
    "tenancy.view_observedaccess operations.export_list"
).split()
LIFE = (
    "tenancy.add_tenant tenancy.change_tenant tenancy.suspend_tenant tenancy.archive_tenant tenancy.export_tenant "
    "tenancy.purge_tenant tenancy.transfer_tenant tenancy.view_tenantpurge "
    "tenancy.view_platformsettings tenancy.change_platformsettings tenancy.view_settingchange "
    "tenancy.view_bulksettingchange tenancy.add_bulksettingchange tenancy.change_bulksettingchange "
    "console.retry_jobrun console.cancel_jobrun operations.cancel_bulkrun operations.export_list "
    "operations.browse_history operations.revert_history "
    "operations.view_approval operations.decide_approval tenancy.view_observedaccess"
).split()
ADMIN = (
    "accounts.add_user accounts.change_user accounts.manage_staff auth.view_group auth.change_group "
    "operations.view_as_member account.view_emailaddress mfa.view_authenticator "
    "usersessions.view_usersession"
).split()

EVERYTHING = tuple(dict.fromkeys((*DIRECTORY, *SUPPORT, *IMPORT, *PRIVACY, *TRAIL, *LIFE, *ADMIN)))

ROLES: dict[str, tuple[Any, tuple[str, ...]]] = {
    "Support": (
        _("Helps people in; looks into a tenant inside a session"),
        (*DIRECTORY, *SUPPORT, *LOOKING, "accounts.change_user"),
    ),
    "Onboarding": (_("Brings a customer's people in"), (*DIRECTORY, *SUPPORT, *IMPORT)),
    "Privacy officer": (
        _("Answers requests of data subjects; may reveal"),
        (*DIRECTORY, *PRIVACY, "operations.open_session"),
    ),
    "Auditor": (_("Reads all that was done, reveals nothing"), (*DIRECTORY, *TRAIL)),
    "Operator": (_("Leads tenants' lives; settings and jobs"), (*DIRECTORY, *LIFE, "operations.view_auditevent")),
    "Administrator": (_("All of it, and who is staff"), EVERYTHING),
}


def sync_roles(**kwargs: Any) -> None:
    """Make a group per role, with its permissions as the table says (receiver of `post_migrate`, after the last app).

    What an installation adds to a role by hand stays; a permission that a role no longer has in the table is the
    installation's to remove.
    """
    config = kwargs.get("app_config")
    told = [one for one in apps.get_app_configs() if one.models_module is not None]  # apps without models hear nothing
    if config is not None and config is not told[-1]:
        return
    known = {f"{p.content_type.app_label}.{p.codename}": p for p in Permission.objects.select_related("content_type")}
    for name, (_about, permissions) in ROLES.items():
        group, _made = Group.objects.get_or_create(name=name)
        group.permissions.add(*(known[label] for label in permissions if label in known))
