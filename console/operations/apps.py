"""Django's entry into the app."""

from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "console.operations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tenancy.signals import act_recorded

        from . import providers  # noqa: F401  (each registers itself)
        from .receivers import keep_act

        act_recorded.connect(keep_act, dispatch_uid="operations-keep-act")
