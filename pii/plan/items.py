"""The lines of a preview."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, timedelta
from uuid import UUID

from django.db import models
from django.utils import timezone

from ..declarations import ModelPII
from ..holds import active_holds
from ..models import DataRequest, Kind, PlanItem, TenantDecision
from ..registry import history_model, registry
from ..requests.clock import add_months
from ..strategies import Keep
from ..subjects import Subject


def plan_items(row: DataRequest, subject: Subject, refused: set[UUID]) -> list[PlanItem]:
    """One line per model and tenant, one more per column that is kept, with ground and end."""
    grounds = dict(row.decisions.filter(answer=TenantDecision.Answer.REFUSE).values_list("tenant_id", "ground"))
    holds = active_holds(subject, row)
    ends = {(kept.model, kept.tenant_key): kept.until for kept in row.kept_items.all()}
    items: list[PlanItem] = []
    for model, rows in subject.rows.items():
        declaration = registry.get(model)
        if declaration is None or not rows:
            continue
        history = _history_counts(model, [item.pk for item in rows])
        for tenant_key, count in sorted(
            Counter(item.tenant_id for item in rows).items(), key=lambda pair: str(pair[0])
        ):
            action, ground = _action(declaration, row)
            until: date | None = None
            label = model._meta.label_lower
            if tenant_key in refused:
                action, ground = PlanItem.Action.REFUSE, grounds.get(tenant_key, "")
            elif row.kind == Kind.ERASURE and (ground_of_hold := holds.ground(tenant_key, label)):
                action, ground = PlanItem.Action.KEEP, ground_of_hold
                until = ends.get((label, tenant_key)) if tenant_key else None
            items.append(
                PlanItem(
                    request=row,
                    model=model._meta.label,
                    tenant_key=tenant_key,
                    action=action,
                    rows=count,
                    history_rows=history if tenant_key is None or len({i.tenant_id for i in rows}) == 1 else 0,
                    ground=ground,
                    until=until,
                )
            )
            if row.kind == Kind.ERASURE and action not in (PlanItem.Action.REFUSE, PlanItem.Action.KEEP):
                items += _kept_columns(row, model, declaration, tenant_key, count)
    return items


def _action(declaration: type[ModelPII], row: DataRequest) -> tuple[str, str]:
    if row.kind != Kind.ERASURE:
        return PlanItem.Action.FOUND, ""
    if declaration.row.kind == "delete":
        return PlanItem.Action.DELETE, ""
    if declaration.row.kind == "keep":
        return PlanItem.Action.ANONYMISE, declaration.row.reason
    return PlanItem.Action.ANONYMISE, ""


def _kept_columns(
    row: DataRequest, model: type[models.Model], declaration: type[ModelPII], tenant_key: UUID | None, count: int
) -> list[PlanItem]:
    if declaration.row.kind == "delete":
        return []
    return [
        PlanItem(
            request=row,
            model=f"{model._meta.label}.{name}",
            tenant_key=tenant_key,
            action=PlanItem.Action.KEEP,
            rows=count,
            ground=f"{field.erase.ground} {field.erase.basis}",
            until=ends_on(field.erase.until),
        )
        for name, field in declaration.fields.items()
        if isinstance(field.erase, Keep)
    ]


def ends_on(until: str, start: date | None = None) -> date | None:
    """The day at the end of ``+10y``, ``+6m`` or ``+30d``, counted from `start` (default: today)."""
    found = re.fullmatch(r"\+(\d+)([ymd])", until)
    if not found:
        return None
    start, number = start or timezone.now().date(), int(found[1])
    if found[2] == "d":
        return start + timedelta(days=number)
    return add_months(start, number * (12 if found[2] == "y" else 1))


def _history_counts(model: type[models.Model], keys: list[str]) -> int:
    history = history_model(model)
    if history is None:
        return 0
    return sum(
        history._base_manager.filter(**{f"{model._meta.pk.attname}__in": keys[start : start + 2000]}).count()
        for start in range(0, len(keys), 2000)
    )
