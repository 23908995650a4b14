"""Mails to the person who asked, from templates that a project may override."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string

from .models import DataRequest


def send_letter(request: DataRequest, name: str, **context: Any) -> None:
    """Send ``pii/letters/<name>.txt`` on commit to the address that the person gave; nothing without one."""
    if request.contact_email:
        _send(request, name, [request.contact_email], context)


def send_code_letter(request: DataRequest, code: str, addresses: Iterable[str]) -> None:
    """Send the one-time code, one mail per address on file."""
    for address in addresses:
        _send(request, "code", [address], {"code": code})


def send_now(request: DataRequest, name: str, to: list[str], **context: Any) -> None:
    """Send a letter before the transaction commits: where it cannot be sent, what it announces does not happen."""
    _mail(request, name, to, context).send()


def _send(request: DataRequest, name: str, to: list[str], context: dict[str, Any]) -> None:
    transaction.on_commit(_mail(request, name, to, context).send)


def _mail(request: DataRequest, name: str, to: list[str], context: dict[str, Any]) -> EmailMessage:
    text = render_to_string(f"pii/letters/{name}.txt", {"request": request, **context})
    subject, _, body = text.strip().partition("\n")
    return EmailMessage(subject.strip(), body.strip() + "\n", settings.DEFAULT_FROM_EMAIL, to)
