"""Django's entry into the app."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class OperationsConfig(AppConfig):
    name = "console.operations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from allauth.account.signals import user_signed_up

        from tenancy.signals import act_recorded, cross_tenant_refused, tenant_purged

        # Each registers itself.
        from . import (  # noqa: F401
            checks,
            figures,
            find_page,
            isolation_page,
            object_history,
            object_pages,
            providers,
            revert_page,
            trail_pages,
            views,
        )
        from .bulk import runs  # noqa: F401
        from .exports import pages  # noqa: F401
        from .trail import ways

        ways.register()
        from .privacy.returns import note_sign_up
        from .purging import forget_tenant
        from .receivers import keep_act, keep_refusal
        from .roles import sync_roles

        cross_tenant_refused.connect(keep_refusal, dispatch_uid="operations-keep-refusal")
        tenant_purged.connect(forget_tenant, dispatch_uid="operations-forget-tenant")
        act_recorded.connect(keep_act, dispatch_uid="operations-keep-act")
        user_signed_up.connect(note_sign_up, dispatch_uid="operations-note-sign-up")
        post_migrate.connect(sync_roles, dispatch_uid="operations-sync-roles")
