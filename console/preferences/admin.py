"""The operators' pages of the platform's settings."""

from __future__ import annotations

from django.contrib import admin

from console.admin import ConsoleModelAdmin
from tenancy.models import PlatformSettings
from tenancy.settings.admin import PlatformSettingsAdminMixin

from .people import staff_name
from .themes import UNFOLD


@admin.register(PlatformSettings)
class PlatformSettingsAdmin(PlatformSettingsAdminMixin, ConsoleModelAdmin):
    """Overrides and locks for every tenant, one change for many, and values that no longer fit."""

    settings_theme = UNFOLD
    settings_reason_required = True

    def settings_actor(self, actor_id: str) -> str:
        return staff_name(actor_id)
