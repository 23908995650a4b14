"""Erase again, after a restore, everybody whose erasure the backup does not know."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from tenancy import audit, system_scope
from tenancy.models import Tenant

from ..find import find
from ..models import DataRequest, Kind, PlanRow, Reappearance, State, Tombstone, TombstoneHash
from ..registry import registry
from ..requests.clock import due_on
from ..requests.intake import next_number
from ..requests.transitions import write_event
from ..subjects import Subject
from . import journal
from .write import REPLAY


def replay(*, by: Any, dry_run: bool = False, tell: Callable[[str], None] = lambda line: None) -> list[DataRequest]:
    """Carry out every journal entry that the database lacks; returns the requests made for it.

    A person at a time: the guard opens for one only when that one's erasure is done or waits for review.
    """
    from ..erase import run_erasure

    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    with system_scope(reason="replay erasures after a restore"):
        known = {str(key) for key in Tombstone.objects.values_list("pk", flat=True)}
        for item in journal.read():
            if item["id"] not in known:
                groups[item["request"]].append(item)
    made = []
    for number, entries in groups.items():
        tell(f"erasure {number}: {len(entries)} rows")
        if dry_run:
            continue
        with system_scope(reason="replay erasures after a restore"):
            request = _request(entries, by)
            if request is not None:
                made.append(run_erasure(request.pk))
            _remember(entries, request)
    return made


def _request(entries: list[dict[str, Any]], by: Any) -> DataRequest | None:
    limited_to = UUID(entries[0]["limited_to"]) if entries[0]["limited_to"] else None
    users = get_user_model()._meta.label_lower
    keys = {item["key"] for item in entries if item["model"] == users}
    subject = Subject(
        user_keys=keys,
        roots={(item["model"], item["key"]) for item in entries if item["model"] != users},
        tenant_id=limited_to,
        with_account=bool(keys),
    )
    _meet_again(subject)
    subject = find(subject)
    if not any(subject.rows.values()):
        return None
    now = timezone.now()
    with transaction.atomic():
        request = DataRequest.objects.create(
            number=next_number(now.year),
            kind=Kind.ERASURE,
            state=State.RUNNING,
            tenant_id=limited_to if limited_to and _tenant_exists(limited_to) else None,
            subject=subject.as_json(),
            received_at=now,
            due_on=due_on(now),
            identity_method=REPLAY,
            identity_at=now,
            with_account=bool(keys),
            registry_hash=registry.content_hash(),
            requested_by_id=getattr(by, "pk", by),
        )
        rows = [
            PlanRow(request=request, model=model._meta.label_lower, key=row.pk, tenant_key=row.tenant_id)
            for model, found in subject.rows.items()
            for row in sorted(found, key=lambda row: row.pk)
        ]
        PlanRow.objects.bulk_create(rows, batch_size=2000, ignore_conflicts=True)
        write_event(request, "replay", by=by, to_state=State.RUNNING, note=f"{len(entries)} tombstones")
        audit.record("privacy.erasure_replayed", by=by, tenant=request.tenant_id, target=request)
    return request


def _meet_again(subject: Subject) -> None:
    """Take addresses and numbers from the restored root rows, as the first erasure had them."""
    for label, key in list(subject.roots):
        try:
            model = apps.get_model(label)
        except LookupError:
            subject.roots.discard((label, key))
            continue
        row = model._base_manager.filter(pk=key).first()
        if row is not None:
            accounts = set(subject.user_keys)
            subject._add(row)
            subject.user_keys = accounts if not subject.with_account else subject.user_keys


def _tenant_exists(key: UUID) -> bool:
    return Tenant.objects.filter(pk=key).exists()


def _remember(entries: Iterable[dict[str, Any]], request: DataRequest | None) -> None:
    now = timezone.now()
    with transaction.atomic():
        for item in entries:
            stone = Tombstone.objects.create(
                pk=UUID(item["id"]),
                request=request,
                model=item["model"],
                key=item["key"],
                tenant_key=UUID(item["tenant"]) if item["tenant"] else None,
                limited_to=UUID(item["limited_to"]) if item["limited_to"] else None,
                registry_hash=item["registry"],
                erased_at=datetime.fromisoformat(item["erased_at"]),
                expires_at=datetime.fromisoformat(item["expires_at"]),
                replayed_at=now,
            )
            TombstoneHash.objects.bulk_create([TombstoneHash(tombstone=stone, digest=d) for d in item["hashes"]])
            if request is not None:
                Reappearance.objects.create(
                    tombstone=stone,
                    how=Reappearance.How.RESTORE,
                    model=item["model"],
                    key=item["key"],
                    at=now,
                    closed_at=now,
                )
