"""Django's entry into the app."""

from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "console.mail"
    label = "console_mail"
