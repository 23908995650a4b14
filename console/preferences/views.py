"""The pages on which a tenant's own administrators change its settings."""

from __future__ import annotations

from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from console.workspace.people import actor_name, names_of
from tenancy import Action, Role
from tenancy.http import TenantRequest
from tenancy.mixins import TenantAccessMixin
from tenancy.settings.pages import GroupPage, HistoryPage, IndexPage, Pages
from tenancy.settings.registry import Group
from tenancy.settings.targets import Target, TenantTarget

from .themes import PICO


class WorkspacePages(TenantAccessMixin, Pages):
    """The settings of the request's tenant, for its owners and administrators."""

    request: TenantRequest
    required_action = Action.SETTINGS_MANAGE
    base_template = "workspace/shell.html"
    theme = PICO

    def target(self) -> Target:
        assert self.request.tenant is not None
        return TenantTarget(self.request.tenant)

    def editor(self) -> str:
        return "owner" if self.request.user_tenant_role == Role.OWNER else "admin"

    def index_url(self) -> str:
        return reverse("workspace_settings")

    def group_url(self, key: str) -> str:
        return reverse("workspace_settings_group", args=[key])

    def extra_links(self) -> list[tuple[str, str]]:
        return [(_("History"), reverse("workspace_settings_history"))]

    def who(self, actor_id: str) -> str:
        key = UUID(actor_id) if actor_id else None
        return actor_name(key, names_of([key]))


class SettingsIndex(WorkspacePages, IndexPage):
    """Overview and search."""


class SettingsGroup(WorkspacePages, GroupPage):
    """One group."""

    group: Group


class SettingsHistory(WorkspacePages, HistoryPage):
    """Every change, and the way back."""
