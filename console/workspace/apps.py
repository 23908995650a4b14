"""Django's entry into the app."""

from django.apps import AppConfig


class WorkspaceConfig(AppConfig):
    name = "console.workspace"
    default_auto_field = "django.db.models.BigAutoField"
