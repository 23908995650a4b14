"""Moves second-factor secrets to the newest encryption key."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.db import transaction

from tenancy import system_scope
from tenancy.crypto import rotate

from .adapters import SECRETS

KEYS = {Authenticator.Type.TOTP: "secret", Authenticator.Type.RECOVERY_CODES: "seed"}


def rotate_second_factors(*, dry_run: bool = False) -> int:
    """Encrypt every stored secret with the first key; returns how many. Raises DecryptionFailed where no key fits."""
    with system_scope(reason="rotate encryption keys"):
        count = 0
        for pk in Authenticator.objects.filter(type__in=KEYS).order_by("pk").values_list("pk", flat=True):
            with transaction.atomic():
                row = Authenticator.objects.select_for_update().get(pk=pk)
                name = KEYS[Authenticator.Type(row.type)]
                token = rotate(row.data[name], context=SECRETS)
                if not dry_run:
                    row.data[name] = token
                    row.save(update_fields=["data"])
            count += 1
        return count
