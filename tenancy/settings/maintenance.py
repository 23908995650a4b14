"""Walks over all tenants: stores upgraded settings, renews the encryption of secrets, lists what does not fit."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from .. import audit
from ..scope import system_scope
from . import edit, platform, upgrade
from .config import resolution_of
from .errors import Problem
from .registry import registry
from .secrets import is_sealed, reseal

BATCH = 1_000
NOBODY = UUID(int=0)


@dataclass
class Walk:
    """How far a walk is; `last` is where to go on after an interruption."""

    total: int = 0
    done: int = 0
    changed: int = 0
    failed: list[UUID] = field(default_factory=list)
    last: UUID = NOBODY


Report = Callable[[Walk], Any]


def upgrade_all(*, by: Any = None, after: UUID = NOBODY, dry_run: bool = False, report: Report | None = None) -> Walk:
    """Store the settings of every tenant at the present versions, in batches that can be interrupted and resumed.

    `after` is the last tenant of an earlier run. A tenant that was changed meanwhile is left for the next run; one
    whose upgrade fails is listed. `report` is called after every batch.
    """
    from ..models import Tenant

    outdated = Q()
    for group in registry:
        if group.version > 1:
            outdated |= Q(**{f"settings__{group.key}__v__lt": group.version})
    walk = Walk(last=after)
    if not outdated:
        return walk
    with system_scope(reason="upgrade stored settings", actor=by):
        waiting = Tenant.objects.filter(outdated).order_by("pk")
        walk.total = waiting.filter(pk__gt=after).count()
        while rows := list(waiting.filter(pk__gt=walk.last).values_list("pk", "settings", "settings_version")[:BATCH]):
            _upgrade_batch(rows, walk, by=by, dry_run=dry_run)
            if report is not None:
                report(walk)
        if walk.changed and not dry_run:
            audit.record("settings.upgraded", by=by, details={"tenants": walk.changed, "failed": len(walk.failed)})
    return walk


def upgraded(document: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """The document with every group at its present version, and whether an upgrade failed."""
    after, has_failed = dict(document), False
    for group in registry:
        level = upgrade.read(group, document)
        has_failed |= level.problem is not None and level.problem.code == "upgrade_failed"
        if level.upgraded:
            after[group.key] = upgrade.write(group, level.values)
    return after, has_failed


def _upgrade_batch(rows: list[tuple[UUID, dict[str, Any], int]], walk: Walk, *, by: Any, dry_run: bool) -> None:
    made: dict[UUID, tuple[dict[str, Any], int, dict[str, Any]]] = {}
    for pk, document, version in rows:
        after, has_failed = upgraded(document)
        if has_failed:
            walk.failed.append(pk)
        if recorded := edit.describe(document, after):
            made[pk] = after, version, recorded
    written = set(made) if dry_run else _store(made, by)
    walk.done += len(rows)
    walk.changed += len(written)
    walk.last = rows[-1][0]


def _store(made: dict[UUID, tuple[dict[str, Any], int, dict[str, Any]]], by: Any) -> set[UUID]:
    from ..models import SettingChange, Tenant

    table = connection.ops.quote_name(Tenant._meta.db_table)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} t SET settings = d.settings::jsonb, settings_version = d.version + 1, "  # noqa: S608 - a table of ours
            "updated_at = statement_timestamp() "
            "FROM unnest(%s::uuid[], %s::text[], %s::int[]) AS d (id, settings, version) "
            "WHERE t.id = d.id AND t.settings_version = d.version RETURNING t.id",
            [
                list(made),
                [json.dumps(document) for document, _version, _recorded in made.values()],
                [version for _document, version, _recorded in made.values()],
            ],
        )
        written = {pk for (pk,) in cursor.fetchall()}
        SettingChange.objects.bulk_create(
            SettingChange(
                tenant_id=pk,
                version=version + 1,
                changes=recorded,
                actor_id=str(getattr(by, "pk", by) or ""),
                source="upgrade",
                reason="stored at the present version",
            )
            for pk, (_document, version, recorded) in made.items()
            if pk in written
        )
    return written


def rotate_secrets(*, dry_run: bool = False) -> int:
    """Encrypt every stored secret anew with the newest key; how many values. Raises DecryptionFailed."""
    from ..models import PlatformSettings, Tenant

    count = 0
    with system_scope(reason="rotate the keys of secret settings"):
        for pk in Tenant.objects.filter(settings__icontains="$secret").values_list("pk", flat=True).order_by("pk"):
            with transaction.atomic():
                tenant = Tenant.objects.select_for_update(no_key=True).get(pk=pk)
                document, renewed = _resealed(tenant.settings, pk)
                count += renewed
                if renewed and not dry_run:  # no new version: what the settings say has not changed
                    Tenant.objects.filter(pk=pk).update(settings=document)
        with transaction.atomic():
            for row in PlatformSettings.objects.select_for_update():
                document, renewed = _resealed(row.document, None)
                count += renewed
                if renewed and not dry_run:
                    PlatformSettings.objects.filter(pk=row.pk).update(document=document, revision=uuid4())
        if count and not dry_run:
            audit.record("settings.secrets_rotated", by=None, details={"values": count})
    if not dry_run:
        platform.written()
    return count


def _resealed(document: dict[str, Any], owner: UUID | None) -> tuple[dict[str, Any], int]:
    count = 0

    def renew(value: Any) -> Any:
        nonlocal count
        if is_sealed(value):
            count += 1
            return reseal(value, owner)
        return {key: renew(item) for key, item in value.items()} if isinstance(value, dict) else value

    return renew(document), count


@dataclass(frozen=True, slots=True)
class Misfit:
    """A stored value that is not used: whose, which and why. `name` is a group where all of it is damaged or newer."""

    tenant: Any
    name: str
    problems: tuple[Problem, ...]


def misfits(tenants: QuerySet[Any]) -> Iterator[Misfit]:
    """Every stored value of `tenants` that does not fit the declared schemas. Needs a scope that sees them."""
    with platform.one_reading():
        for tenant in tenants.exclude(settings={}).iterator(chunk_size=500):
            for group in registry:
                if group.problems or group.key not in tenant.settings:
                    continue
                resolved = resolution_of(tenant, group)
                if resolved.problem is not None:
                    yield Misfit(tenant, group.key, (resolved.problem,))
                else:
                    for key, problems in resolved.broken.items():
                        yield Misfit(tenant, f"{group.key}.{key}", problems)
