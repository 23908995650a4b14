"""Somebody who was erased comes back: by an import or a restore (a task), or by their own sign-up (a note)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.utils import timezone

from tenancy import audit, system_scope

from ..identifiers.normal import normal_email, normal_phone
from ..identifiers.sets import keyed_hashes_of
from ..models import Reappearance, Tombstone, TombstoneHash


def is_erased(label: str, key: object) -> bool:
    """Whether this row was erased: then nothing may bring its old values back."""
    with system_scope(reason="was this erased"):
        return Tombstone.objects.filter(model=label.lower(), key=str(key)).exists()


def note_return(values: list[str], *, how: str, row: models.Model | None = None, tenant: Any = None) -> int:
    """Compare addresses and numbers with the tombstones by keyed hash; returns how many erased people came back.

    An import or a restore opens a task for the privacy officers; a person's own sign-up is noted and proceeds.
    """
    label, key = (row._meta.label_lower, str(row.pk)) if row is not None else ("", "")
    return note_returns(values, how=how, model=label, key=key, tenant=getattr(tenant, "pk", tenant), target=row)


def any_erased() -> bool:
    """Whether anybody was erased whom a value could recall; spares a large import the hashing where nobody was."""
    with system_scope(reason="was anybody erased"):
        return TombstoneHash.objects.filter(tombstone__expires_at__gt=timezone.now()).exists()


def note_returns(
    values: Iterable[str], *, how: str, tenant: Any = None, model: str = "", key: str = "", target: Any = None
) -> int:
    """As `note_return`, for many people at once: `tenant` is a key, `model` names where they came back to."""
    normal = {
        form for value in values for form in (normal_email(value), normal_phone(value) if "@" not in value else "")
    }
    digests = [digest for value in normal if value for digest in keyed_hashes_of(value)]
    with system_scope(reason="an erased person may have come back"):
        stones = TombstoneHash.objects.filter(digest__in=digests, tombstone__expires_at__gt=timezone.now())
        found = sorted(set(stones.values_list("tombstone_id", flat=True)))
        for stone in found:
            Reappearance.objects.create(
                tombstone_id=stone,
                how=how,
                tenant_key=tenant,
                model=model.lower(),
                key=key,
                at=timezone.now(),
                closed_at=timezone.now() if how == Reappearance.How.SIGNUP else None,
            )
        if found:
            audit.record("privacy.erased_person_returned", by=None, tenant=tenant, target=target, details={"how": how})
    return len(found)


def forget_expired() -> int:
    """Delete the hashes that outlived the oldest backup: nobody is recognised by them any more. System scope."""
    count, _by_model = TombstoneHash.objects.filter(tombstone__expires_at__lte=timezone.now()).delete()
    return count
