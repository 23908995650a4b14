"""How a tenant's mails look: the sender's name, the displayed name, the colour."""

from __future__ import annotations

from email.utils import formataddr, parseaddr

from django.conf import settings

from .models import Tenant


def sender(tenant: Tenant) -> str:
    """The From of mails in the tenant's name: its ``mail.sender_name`` before the project's sending address."""
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return formataddr((tenant.config.mail.sender_name or name, address))


def displayed_name(tenant: Tenant) -> str:
    """What the tenant is called in front of its members: ``branding.name``, else its name."""
    return tenant.config.branding.name or tenant.name
