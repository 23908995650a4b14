"""Django's entry into the app."""

from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "console.operations"
    default_auto_field = "django.db.models.BigAutoField"
