"""Django's entry into the app."""

from django.apps import AppConfig
from django.core import checks


class PiiConfig(AppConfig):
    """Personal data: declarations, data-subject requests, export, proved erasure."""

    name = "pii"
    verbose_name = "Privacy"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from .checks import check_coverage

        checks.register(check_coverage, "pii")
