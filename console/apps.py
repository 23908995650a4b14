"""Django's entries into the project's own app, and into the admin with our site."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class ConsoleConfig(AppConfig):
    name = "console"
    default = True
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from simple_history.signals import pre_create_historical_record

        from .history import fill_actor

        pre_create_historical_record.connect(fill_actor, dispatch_uid="console-fill-actor")


class ConsoleAdminConfig(admin_apps.AdminConfig):
    """Makes `ConsoleAdminSite` the default site."""

    default = False
    default_site = "console.sites.ConsoleAdminSite"
