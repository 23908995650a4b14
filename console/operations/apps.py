"""Django's entry into the app."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class OperationsConfig(AppConfig):
    name = "console.operations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tenancy.signals import act_recorded, cross_tenant_refused

        # Each registers itself.
        from . import checks, isolation_page, object_pages, providers, trail_pages, views  # noqa: F401
        from .receivers import keep_act, keep_refusal
        from .roles import sync_roles

        cross_tenant_refused.connect(keep_refusal, dispatch_uid="operations-keep-refusal")
        act_recorded.connect(keep_act, dispatch_uid="operations-keep-act")
        post_migrate.connect(sync_roles, dispatch_uid="operations-sync-roles")
