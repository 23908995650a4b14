"""Django's entry into the app."""

from django.apps import AppConfig


class PreferencesConfig(AppConfig):
    """Makes the product obey the settings of its tenants."""

    name = "console.preferences"

    def ready(self) -> None:
        from . import panels  # noqa: F401  (registers the panel)
