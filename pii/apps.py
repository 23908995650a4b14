"""Django's entry into the app."""

from django.apps import AppConfig


class PiiConfig(AppConfig):
    """Personal data: declarations, data-subject requests, export, proved erasure."""

    name = "pii"
    verbose_name = "Privacy"
    default_auto_field = "django.db.models.BigAutoField"
