"""Django's entry into the app."""

from django.apps import AppConfig


class TenancyConfig(AppConfig):
    """Tenant isolation: scopes, the three walls, roles and settings."""

    name = "tenancy"
    verbose_name = "Tenants"
    default_auto_field = "django.db.models.BigAutoField"
