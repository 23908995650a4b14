"""Django's entry into the app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkspaceConfig(AppConfig):
    """What customers see: their records, people, settings and exports."""

    name = "console.workspace"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from console.members import indexing
        from console.members.targets import TARGETS
        from tenancy.roles import Action

        from . import receivers
        from .importing.target import CONTACT_TARGET
        from .member_search import CATCH_UP
        from .navigation import add_page

        receivers.connect()
        TARGETS["contacts"] = CONTACT_TARGET
        if CATCH_UP not in indexing.FURTHER:
            indexing.FURTHER.append(CATCH_UP)
        add_page("workspace_contacts", _("Contacts"), action=Action.RECORDS_READ, order=10, prefix="workspace_contact")
        add_page("workspace_members", _("Members"), action=Action.MEMBERS_READ, order=20, prefix="workspace_member")
        add_page("workspace_audit", _("Activity"), action=Action.AUDIT_READ, order=50)
        add_page("workspace_privacy", _("Privacy"), action=Action.PRIVACY_MANAGE, order=60)
        add_page("workspace_settings", _("Settings"), action=Action.SETTINGS_MANAGE, order=70)
        add_page("workspace_export", _("Export"), action=Action.TENANT_EXPORT, order=80)
