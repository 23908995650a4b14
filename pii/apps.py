"""Django's entry into the app."""

from django.apps import AppConfig
from django.core import checks


class PiiConfig(AppConfig):
    """Personal data: declarations, data-subject requests, export, proved erasure."""

    name = "pii"
    verbose_name = "Privacy"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.db.models.signals import post_migrate, pre_delete, pre_save

        from tenancy.signals import tenant_purging

        from .checks import check_coverage, check_officers
        from .grants import after_migrate
        from .purging import refuse_while_needed
        from .restricted import before_delete, before_save

        post_migrate.connect(after_migrate, sender=self, dispatch_uid="pii-grants")
        tenant_purging.connect(refuse_while_needed, dispatch_uid="pii-keep-what-is-needed")
        pre_save.connect(before_save, dispatch_uid="pii-restricted-save")
        pre_delete.connect(before_delete, dispatch_uid="pii-restricted-delete")
        checks.register(check_coverage, "pii")
        checks.register(check_officers, "pii")
