"""Django's entry into the app."""

from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "console.members"
    default_auto_field = "django.db.models.BigAutoField"
