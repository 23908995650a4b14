"""Django's entry into the project's own app."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "console"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from simple_history.signals import pre_create_historical_record

        from .history import fill_actor

        pre_create_historical_record.connect(fill_actor, dispatch_uid="console-fill-actor")
