"""Write tombstones before the first destructive statement: in the database, then in the journal."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from .. import conf
from ..holds import active_holds
from ..identifiers.sets import keyed_hash
from ..links import ByLabel, ByObject, Follow
from ..models import DataRequest, Tombstone, TombstoneHash
from ..registry import registry
from ..subjects import Subject
from . import journal

REPLAY = "replay after a restore"


def write_tombstones(request: DataRequest, subject: Subject) -> None:
    """One tombstone per root row. Safe to repeat: what a kill left unwritten is written now."""
    if request.identity_method == REPLAY:
        return  # its tombstones stand in the journal already
    hashes = subject.identifiers.keyed_hashes()
    holds = active_holds(subject, request)
    if not request.tombstones.exists():
        now = timezone.now()
        with transaction.atomic():
            made = Tombstone.objects.bulk_create(
                [
                    Tombstone(
                        request=request,
                        model=model._meta.label_lower,
                        key=row.pk,
                        tenant_key=row.tenant_id,
                        limited_to=request.tenant_id,
                        registry_hash=request.registry_hash,
                        erased_at=now,
                        expires_at=now + timedelta(days=conf.get("BACKUP_DAYS")),
                    )
                    for model, rows in subject.rows.items()
                    if is_root(model)
                    for row in sorted(rows, key=lambda row: row.pk)
                    if not holds.ground(row.tenant_id, model._meta.label_lower)  # those are erased by another request
                ],
                batch_size=1000,
            )
            TombstoneHash.objects.bulk_create(
                [TombstoneHash(tombstone=stone, digest=digest) for stone in made[:1] for digest in hashes]
            )
    known = {item["id"] for item in journal.read()}
    journal.append(journal.entry(stone, hashes) for stone in request.tombstones.all() if str(stone.pk) not in known)


def is_root(model: type) -> bool:
    """Whether rows of this model name the person by themselves, rather than through another row."""
    declaration = registry.get(model)
    return declaration is not None and not any(
        isinstance(link, (Follow, ByObject, ByLabel)) for link in declaration.links()
    )


def hash_of(value: str) -> str:
    return keyed_hash(value)
