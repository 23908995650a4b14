"""Django's entry into the app."""

from django.apps import AppConfig
from django.core import checks


class PiiConfig(AppConfig):
    """Personal data: declarations, data-subject requests, export, proved erasure."""

    name = "pii"
    verbose_name = "Privacy"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from tenancy.signals import tenant_purging

        from .checks import check_coverage
        from .grants import after_migrate
        from .purging import refuse_while_needed

        post_migrate.connect(after_migrate, sender=self, dispatch_uid="pii-grants")
        tenant_purging.connect(refuse_while_needed, dispatch_uid="pii-keep-what-is-needed")
        checks.register(check_coverage, "pii")
