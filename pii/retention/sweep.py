"""Erase what has outlived its span, and finish what a hold or a duty kept back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.db.models import Count
from django.utils import timezone

from tenancy import audit, system_scope
from tenancy.models import Tenant

from .. import conf
from ..declarations import ModelPII
from ..erase.blobs import remember_files, remove_files
from ..erase.columns import erase_columns, erase_history
from ..erase.rows import delete_rows
from ..find import tenant_path
from ..identifiers import Identifiers
from ..registry import history_model, registry
from ..tombstones import forget_expired
from .ended import ended, released
from .spans import by_span, spans
from .spared import Spared, deletes, followers
from .swept import Swept


def sweep(*, dry_run: bool = False) -> list[Swept]:
    """One sweep over everything with a span; `dry_run` only counts. What is held, kept or restricted stays."""
    if dry_run:
        return due()
    with system_scope(reason="retention sweep"):
        spared, lines = Spared(), []
        for model, declaration in registry.items():
            for days, rows, tenants in _over(model, declaration, spared, None):
                counts = _erase(model, declaration, rows)
                lines += _lines(model, days, counts, tenants)
        remove_files(None)  # those of deleted rows; what a kill left is removed by the next sweep
        lines += [*released(), *ended()]
        forget_expired()
        total = sum(line.rows for line in lines)
        audit.record("privacy.retention_swept", by=None, details={"rows": total})
    return [line for line in lines if line.rows]


def due(tenant: UUID | None = None) -> list[Swept]:
    """What the next sweep would erase because its span is over; with `tenant`, there alone."""
    with system_scope(reason="what the retention sweep would erase"):
        spared, lines = Spared(), []
        for model, declaration in registry.items():
            path = tenant_path(model, declaration)
            for days, rows, tenants in _over(model, declaration, spared, tenant):
                if path:
                    counted = rows.order_by().values_list(path).annotate(count=Count("pk"))
                    counts = Counter(dict(counted))
                else:
                    counts = Counter({None: rows.count()})
                lines += _lines(model, days, counts, tenants)
    return [line for line in lines if line.rows]


def _over(
    model: type[models.Model], declaration: type[ModelPII], spared: Spared, only: UUID | None
) -> Iterator[tuple[int, Any, set[UUID]]]:
    """(days, rows that are older, the tenants that chose these days; none: whoever chose nothing)."""
    path = tenant_path(model, declaration)
    if (declaration.retain is None and declaration.retain_least is None) or (only is not None and not path):
        return
    here = [only] if only is not None else list(Tenant.objects.values_list("pk", flat=True)) if path else []
    own = spans(model, declaration, here)
    for days, tenants in by_span(own).items():
        yield days, _older(model, declaration, days, spared).filter(**{f"{path}__in": tenants}), set(tenants)
    if declaration.retain is None or (only in own and only is not None):
        return
    rows = _older(model, declaration, declaration.retain, spared)
    if only is not None:
        rows = rows.filter(**{f"{path}": only})
    elif path and len(own) > 1:
        rows = rows.exclude(**{f"{path}__in": [key for key in own if key is not None]})
    yield declaration.retain, rows, set()


def _older(model: type[models.Model], declaration: type[ModelPII], days: int, spared: Spared) -> Any:
    end = timezone.now() - timedelta(days=days)
    rows = model._base_manager.filter(**{f"{declaration.retain_from}__lt": end}, **dict(declaration.retain_condition))
    return spared.leave(rows, declaration, end)


def _lines(model: type[models.Model], days: int, counts: Counter[Any], tenants: set[UUID]) -> list[Swept]:
    """One line per tenant that chose its span, one for all the others together."""
    label = model._meta.label
    lines = [Swept(label, key, days, count) for key, count in counts.items() if key in tenants]
    return [*lines, Swept(label, None, days, sum(count for key, count in counts.items() if key not in tenants))]


def _erase(model: type[models.Model], declaration: type[ModelPII], rows: Any) -> Counter[Any]:
    """In batches by key, the history with the rows; how many rows of each tenant."""
    size, last = conf.get("BATCH"), None
    path = tenant_path(model, declaration)
    total: Counter[Any] = Counter()
    while True:
        batch = rows.order_by("pk") if last is None else rows.filter(pk__gt=last).order_by("pk")
        with transaction.atomic():
            chosen = list(batch.values_list("pk", path or "pk")[:size])
            if not chosen:
                return total
            keys = [str(key) for key, _tenant in chosen]
            last = keys[-1]
            total.update(tenant if path else None for _key, tenant in chosen)
            _erase_rows(model, declaration, keys, whole=deletes(declaration))


def _erase_rows(model: type[models.Model], declaration: type[ModelPII], keys: list[str], *, whole: bool) -> None:
    """Rows with their history; `whole`: deleted, and with them the rows that follow them."""
    for child, follow in followers(model) if whole else ():
        hanging = child._base_manager.filter(**{f"{follow}__in": keys}).order_by()
        if inner := [str(key) for key in hanging.values_list("pk", flat=True)]:
            _erase_rows(child, registry.get(child), inner, whole=True)  # type: ignore[arg-type]  # declared: it follows
    history = history_model(model)
    if history is not None:
        erase_history(model, history, declaration, keys, Identifiers(), None)
    if whole:
        remember_files(model, "pk", keys, declaration, None)
        delete_rows(model, keys)
    else:
        erase_columns(model, declaration, keys, Identifiers(), None)
