"""Django's entry into the app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "console.accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tenancy.crypto import register_rotator

        from . import checks, receivers, rotation  # noqa: F401

        register_rotator("second factors", rotation.rotate_second_factors)
