"""Finish what an erasure left: rows whose hold has ended, and columns whose duty to keep is over."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import models, transaction
from django.utils import timezone

from ..erase.again import RELEASED, keep_again, refusals, request_again
from ..holds import active_holds
from ..identifiers import Identifiers
from ..models import DataRequest, PlanItem, PlanRow, State
from ..registry import registry
from ..strategies import Context, Keep
from ..subjects import Row, Subject
from .swept import Swept


def released() -> list[Swept]:
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
            refused=refusals(request),
        )
        if again is not None:
            keep_again(again, request)
            run_erasure(again.pk)
        PlanRow.objects.filter(pk__in=[row.pk for row in free]).update(done=True)
        lines.append(Swept(f"released: {request.number}", request.tenant_id, 0, len(free)))
    return lines


def ended() -> list[Swept]:
    """Erase columns that a duty kept, once its span is over."""
    lines = []
    due = PlanItem.objects.filter(
        action=PlanItem.Action.KEEP, until__lte=timezone.now().date(), swept_at=None, request__state=State.DONE
    )
    for item in due.select_related("request"):
        label, _, name = item.model.rpartition(".")
        if "." not in label:
            continue  # whole rows that were kept: `released` finishes those
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
