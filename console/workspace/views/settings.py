"""The settings framework's pages, mounted for a tenant's own administrators and owners."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from console.preferences.themes import PICO
from tenancy.decorators import require_action
from tenancy.http import TenantRequest
from tenancy.models import Tenant
from tenancy.roles import Action, Role
from tenancy.settings.history_page import HistoryPage
from tenancy.settings.pages import GroupPage, IndexPage, Pages
from tenancy.settings.targets import Target, TenantTarget
from tenancy.settings.theme import Theme

from ..people import actor_name, names_of


class TenantPages(Pages):
    """Acts on the request's tenant, with the person's own role."""

    base_template: ClassVar[str] = "workspace/shell.html"
    theme: ClassVar[Theme] = PICO
    request: TenantRequest

    def target(self) -> Target:
        assert self.request.tenant is not None
        return TenantTarget(Tenant.objects.get(pk=self.request.tenant.pk))  # as stored now, not as the middleware read

    def editor(self) -> str:
        return "owner" if self.request.user_tenant_role == Role.OWNER else "admin"

    def index_url(self) -> str:
        return reverse("workspace_settings")

    def group_url(self, key: str) -> str:
        return reverse("workspace_settings_group", args=[key])

    def extra_links(self) -> list[tuple[str, str]]:
        return [(_("History"), reverse("workspace_settings_history"))]

    def who(self, actor_id: str) -> str:
        try:
            key = UUID(actor_id)
        except ValueError:
            return actor_name(None, {})
        return actor_name(key, names_of([key]))

    def extra_context(self) -> dict[str, Any]:
        return {}


@require_action(Action.SETTINGS_MANAGE)
class SettingsIndex(TenantPages, IndexPage):
    """The groups of settings."""


@require_action(Action.SETTINGS_MANAGE)
class SettingsGroup(TenantPages, GroupPage):
    """One group's form."""


@require_action(Action.SETTINGS_MANAGE)
class SettingsHistory(TenantPages, HistoryPage):
    """Every change, and the way back."""
