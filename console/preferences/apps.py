"""Django's entry into the app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PreferencesConfig(AppConfig):
    """Settings of tenants: obeyed by the product, changed by their administrators."""

    name = "console.preferences"

    def ready(self) -> None:
        from console.preferences import panels  # noqa: F401  (registers the panel)
        from console.workspace.navigation import add_page
        from tenancy.roles import Action

        add_page("workspace_settings", _("Settings"), action=Action.SETTINGS_MANAGE, order=80)
