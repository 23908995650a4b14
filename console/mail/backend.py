"""Django's mail backend that keeps mails where the console shows them, instead of sending them."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from . import store


class EmailBackend(BaseEmailBackend):
    """For development: nothing leaves the machine."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            store.save(message.message().as_bytes())
        return len(email_messages)
