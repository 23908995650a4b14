"""One transaction of an erasure: rows, their history and the log lines about them, together or not at all."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models, transaction

from .. import conf
from ..declarations import ModelPII
from ..exceptions import PiiError
from ..find import in_order
from ..holds import active_holds
from ..links import ByLabel, ByObject
from ..models import DataRequest, PlanRow, Step
from ..registry import history_model
from ..subjects import Row, Subject
from .columns import erase_columns, erase_history
from .rows import delete_rows


@dataclass(frozen=True)
class Batch:
    """What one transaction did. `left` says whether rows remain that are not held."""

    rows: int = 0
    history: int = 0
    left: bool = False


def erase_batch(
    request: DataRequest, step: Step, model: type[models.Model], declaration: type[ModelPII], subject: Subject
) -> Batch:
    """Erase the next rows of one model. Holds are read again here: one placed a second ago counts."""
    size = conf.get("BATCH")
    with transaction.atomic():
        DataRequest.objects.select_for_update().get(pk=request.pk)  # one worker at a time
        holds = active_holds(subject, request)
        pending = PlanRow.objects.filter(request=request, model=model._meta.label_lower, done=False).order_by("pk")
        free = pending.exclude(tenant_key__in=holds.tenants(model._meta.label_lower))
        chosen = [] if holds.everything else list(free[:size])
        if not chosen:
            return Batch()
        keys = [row.key for row in chosen]
        history = 0
        kept_history = history_model(model)
        if kept_history is not None:
            history = erase_history(model, kept_history, declaration, keys, subject.identifiers, request)
        count = _erase_live(model, declaration, keys, subject, request)
        history += _erase_lines_about(model, keys, subject, request)
        PlanRow.objects.filter(pk__in=[row.pk for row in chosen]).update(done=True)
        step.done += len(chosen)
        step.history_done += history
        step.save(update_fields=["done", "history_done"])
    return Batch(count, history, left=True)


def _erase_live(
    model: type[models.Model], declaration: type[ModelPII], keys: list[str], subject: Subject, request: DataRequest
) -> int:
    if model._meta.managed is False and declaration.row.kind != "keep":
        raise PiiError(f"{model._meta.label} is not managed here: its rows can only be kept and scrubbed.")
    count = erase_columns(model, declaration, keys, subject.identifiers, request)
    if declaration.row.kind == "delete":
        delete_rows(model, keys)
    return count


def _erase_lines_about(model: type[models.Model], keys: list[str], subject: Subject, request: DataRequest) -> int:
    """Erase the log lines that point at these rows by label or content type."""
    here = Subject(identifiers=subject.identifiers, rows={model: {Row(key) for key in keys}})
    count = 0
    for log, declaration in in_order():
        for link in declaration.links():
            if not isinstance(link, (ByObject, ByLabel)):
                continue
            condition = link.condition(log, here)
            if condition is None:
                continue
            found = [str(key) for key in log._base_manager.filter(condition).values_list("pk", flat=True)]
            if found:
                erase_columns(log, declaration, found, subject.identifiers, request)
                done = PlanRow.objects.filter(request=request, model=log._meta.label_lower, key__in=found)
                done.update(done=True)
                count += len(found)
    return count
