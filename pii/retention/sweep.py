"""Erase what has outlived its span, and finish what a hold or a duty kept back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from tenancy import audit, system_scope
from tenancy.models import Tenant

from .. import conf
from ..declarations import ModelPII
from ..erase.again import RELEASED, keep_again, request_again
from ..erase.columns import erase_columns, erase_history
from ..erase.rows import delete_rows
from ..find import tenant_path
from ..holds import active_holds
from ..identifiers import Identifiers
from ..models import DataRequest, LegalHold, PlanItem, PlanRow, State
from ..registry import history_model, registry
from ..restricted import without_restricted
from ..strategies import Context, Keep
from ..subjects import Row, Subject
from .spans import spans


@dataclass(frozen=True)
class Swept:
    """How many rows of a model in a tenant (None: every other) went, or would go."""

    model: str
    tenant: UUID | None
    days: int
    rows: int


def sweep(*, dry_run: bool = False) -> list[Swept]:
    """One sweep over everything with a span; `dry_run` only counts. Rows of a held tenant stay."""
    with system_scope(reason="retention sweep"):
        lines = [line for model, declaration in registry.items() for line in _model(model, declaration, dry_run)]
        if not dry_run:
            lines += [*_released(), *_ended()]
            total = sum(line.rows for line in lines)
            audit.record("privacy.retention_swept", by=None, details={"rows": total})
    return [line for line in lines if line.rows]


def _model(model: type[models.Model], declaration: type[ModelPII], dry_run: bool) -> list[Swept]:
    if declaration.retain is None:
        return []
    path = tenant_path(model, declaration)
    tenants = list(Tenant.objects.values_list("pk", flat=True)) if path else []
    own = spans(model, declaration.retain, tenants)
    held = LegalHold.objects.filter(released_at=None, tenant__isnull=False, key="").filter(
        Q(until=None) | Q(until__gte=timezone.now().date())
    )
    kept = list(held.values_list("tenant_id", flat=True))
    lines = []
    for tenant_id, days in own.items():
        end = timezone.now() - timedelta(days=days)
        rows = model._base_manager.filter(
            Q(**{f"{declaration.retain_from}__lt": end}), **dict(declaration.retain_condition)
        )
        if path and tenant_id is not None:
            rows = rows.filter(**{path: tenant_id})
        elif path:
            rows = rows.exclude(**{f"{path}__in": [key for key in own if key is not None]})
        if path and kept:
            rows = rows.exclude(**{f"{path}__in": kept})
        rows = without_restricted(rows)
        lines.append(
            Swept(model._meta.label, tenant_id, days, rows.count() if dry_run else _erase(model, declaration, rows))
        )
    return lines


def _erase(model: type[models.Model], declaration: type[ModelPII], rows: Any) -> int:
    """In batches by key, the history with the rows."""
    size, total, last = conf.get("BATCH"), 0, None
    while True:
        batch = rows.order_by("pk") if last is None else rows.filter(pk__gt=last).order_by("pk")
        with transaction.atomic():
            keys = [str(key) for key in batch.values_list("pk", flat=True)[:size]]
            if not keys:
                return total
            last = keys[-1]
            history = history_model(model)
            if history is not None:
                erase_history(model, history, declaration, keys, Identifiers(), None)
            if declaration.row.kind == "anonymise":
                total += erase_columns(model, declaration, keys, Identifiers(), None)
            else:  # what was kept for accountability has served its time
                total += delete_rows(model, keys)


def _released() -> list[Swept]:
    """Finish erasures whose held rows are held no longer."""
    from ..erase import run_erasure

    lines = []
    for request in DataRequest.objects.filter(state=State.DONE, rows__done=False).distinct():
        pending = request.rows.filter(done=False)
        subject = Subject()
        for label, key, tenant in pending.values_list("model", "key", "tenant_key"):
            subject.rows[apps.get_model(label)].add(Row(key, tenant))
        subject.user_keys = {
            key for label, key in pending.values_list("model", "key") if label == get_user_model()._meta.label_lower
        }
        holds = active_holds(subject, request)
        free = [row for row in pending if not holds.ground(row.tenant_key, row.model)]
        if not free:
            continue
        again = request_again(
            {(row.model, row.key) for row in free},
            limited_to=request.tenant_id,
            method=RELEASED,
            by=None,
            note=request.number,
        )
        if again is not None:
            keep_again(again, request)
            run_erasure(again.pk)
        PlanRow.objects.filter(pk__in=[row.pk for row in free]).update(done=True)
        lines.append(Swept(f"released: {request.number}", request.tenant_id, 0, len(free)))
    return lines


def _ended() -> list[Swept]:
    """Erase columns that a duty kept, once its span is over."""
    lines = []
    due = PlanItem.objects.filter(
        action=PlanItem.Action.KEEP, until__lte=timezone.now().date(), swept_at=None, request__state=State.DONE
    )
    for item in due.select_related("request"):
        label, _, name = item.model.rpartition(".")
        if "." not in label:
            continue  # whole rows that were kept: `_released` finishes those
        model = apps.get_model(label)
        declaration = registry.get(model)
        declared = declaration.fields.get(name) if declaration else None
        if declared is None or not isinstance(declared.erase, Keep) or declared.erase.then is None:
            continue
        rows = PlanRow.objects.filter(request=item.request, model=model._meta.label_lower, tenant_key=item.tenant_key)
        keys = list(rows.values_list("key", flat=True))
        field: Any = model._meta.get_field(name)
        value = declared.erase.then.expression(Context(field, False, Identifiers()))
        with transaction.atomic():
            count = models.QuerySet.update(model._base_manager.filter(pk__in=keys).order_by(), **{name: value})
            item.swept_at = timezone.now()
            item.save(update_fields=["swept_at"])
        lines.append(Swept(item.model, item.tenant_key, 0, count))
    return lines
