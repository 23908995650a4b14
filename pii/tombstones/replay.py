"""Erase again, after a restore, everybody whose erasure the backup does not know."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.utils import timezone

from tenancy import system_scope
from tenancy.models import Tenant

from ..models import DataRequest, ItemDecision, Reappearance, State, Tombstone, TombstoneHash
from ..subjects import Row
from . import journal
from .write import REPLAY, is_root

Rows = dict[type[models.Model], set[Row]]


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
            request, left = _request(entries, by)
            if request is not None:
                request = run_erasure(request.pk)
                made.append(request)
            _remember(entries, request, left)
    return made


def _request(entries: list[dict[str, Any]], by: Any) -> tuple[DataRequest | None, Rows]:
    """The request that repeats these lines, and the rows of a person who came back, which it leaves alone."""
    from ..erase.again import plan_kept, request_again
    from ..erase.returned import leave_returned

    left: Rows = {}
    limited_to = UUID(entries[0]["limited_to"]) if entries[0]["limited_to"] else None
    if limited_to is not None and not Tenant.objects.filter(pk=limited_to).exists():
        return None, left
    roots = {(item["model"], item["key"]) for item in entries}
    erased_at = max(datetime.fromisoformat(item["erased_at"]) for item in entries)
    request = request_again(
        roots,
        limited_to=limited_to,
        method=REPLAY,
        by=by,
        note=f"{len(entries)} tombstones",
        refused={UUID(key) for item in entries for key in item.get("refused", ())},
        spare=lambda subject: left.update(leave_returned(subject, roots, erased_at)),
    )
    if request is None:
        return None, left
    for item in entries[0].get("kept", ()):
        ItemDecision.objects.create(
            request=request,
            model=item["model"],
            tenant_key=UUID(item["tenant"]),
            ground=item["ground"],
            until=date.fromisoformat(item["until"]) if item["until"] else None,
            decided_at=timezone.now(),
        )
    plan_kept(request)
    return request, left


def _remember(entries: Iterable[dict[str, Any]], request: DataRequest | None, left: Rows) -> None:
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
                    closed_at=now if request.state == State.DONE else None,  # else a task: it waits for review
                )
        for model, rows in left.items():
            for row in rows if is_root(model) else ():
                Reappearance.objects.create(  # a task: whether that row may stay is for somebody to look at
                    tombstone=stone,
                    how=Reappearance.How.RESTORE,
                    tenant_key=row.tenant_id,
                    model=model._meta.label_lower,
                    key=row.pk,
                    at=now,
                )
