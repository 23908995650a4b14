"""Django's entry into the app."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class TenancyConfig(AppConfig):
    """Tenant isolation: scopes, the three walls, roles and settings."""

    name = "tenancy"
    verbose_name = "Tenants"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import checks as isolation_checks  # noqa: F401  (registers them)
        from . import (
            invitation_mail,  # noqa: F401  (registers its job)
            page_checks,  # noqa: F401  (registers them)
        )
        from .settings import bulk, checks, platform  # noqa: F401  (bulk registers its job)

        checks.connect()
        platform.connect()
        autodiscover_modules("tenant_settings")
