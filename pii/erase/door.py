"""Start an approved erasure, run it in batches, resume it after a kill, end it with a proof."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from tenancy import audit, jobs, system_scope

from ..exceptions import RequestRefused
from ..hooks import cleans
from ..models import DataRequest, Kind, PlanRow, State, Step
from ..plan import current_hash, guard_erasure, make_plan
from ..requests.identity import subject_of
from ..requests.locking import locked
from ..requests.transitions import move, write_event
from ..subjects import Row, Subject
from ..tombstones.write import write_tombstones
from .actors import forget_actor
from .batch import erase_batch
from .blobs import remove_files
from .order import erase_order
from .verify import verify_and_finish

JOB = "pii.erase"


def start_erasure(request: DataRequest, *, by: Any, typed_number: str) -> DataRequest:
    """Order the erasure that was approved. The officer types the request's number.

    Where data or registry moved since the approval, the request goes back to ``planned`` and RequestRefused is raised.
    """
    if typed_number.strip() != request.number:
        raise RequestRefused("Type the number of the request to carry it out.", code="typed_number")
    with locked(request, reason="check for drift") as row:
        if row.kind != Kind.ERASURE:
            raise RequestRefused("This request erases nothing.", code="wrong_kind")
        if row.state == State.APPROVED and row.not_before and row.not_before > timezone.now():
            raise RequestRefused("The cooling-off time is not over.", code="cooling_off")
        drifted = row.state == State.APPROVED and current_hash(row) != row.approved_hash
    if drifted:
        make_plan(request, by=by)
        raise RequestRefused("The data has changed since the approval: a new approval is needed.", code="drift")
    with locked(request, reason="run") as row:
        move(row, "run", by=by)
        audit.record("privacy.erasure_started", by=by, tenant=row.tenant_id, target=row)
        jobs.enqueue(JOB, row.pk, lock=f"{JOB}:{row.pk}", by=by)
    return row


def run_erasure(key: UUID | str) -> DataRequest:
    """The job's body: every step that is not finished yet. Safe to run again after a kill at any moment."""
    with system_scope(reason="privacy request: erase"):
        request = DataRequest.objects.get(pk=key)
        if request.state == State.RUNNING:
            erase_rows(request)
            with locked(request, reason="verify") as row:
                if row.state == State.RUNNING:
                    move(row, "verify", by=None)
        return verify_and_finish(request)


def planned_subject(request: DataRequest) -> Subject:
    """The frozen subject, with the rows of the plan."""
    from django.apps import apps

    subject = subject_of(request)
    for label, row_key, tenant_key in request.rows.values_list("model", "key", "tenant_key"):
        subject.rows[apps.get_model(label)].add(Row(row_key, tenant_key))
    return subject


def erase_rows(request: DataRequest) -> None:
    """Every step but the proof: what the plan names is erased, in batches; a finished step is not done again."""
    subject = planned_subject(request)
    guard_erasure(subject, leaving={row.tenant_id for rows in subject.rows.values() for row in rows})
    steps = _skeleton(request)
    write_tombstones(request, subject)  # before the first destructive statement
    done, total = 0, sum(step.total for step in steps.values())
    for name, cleaner in cleans().items():
        _once(steps[f"hook: {name}"], lambda cleaner=cleaner: cleaner(subject))
    for model, declaration in erase_order():
        step = steps.get(model._meta.label)
        if step is None or step.finished_at:
            continue
        if model._meta.label == erase_order()[-1][0]._meta.label:
            _once(steps["actor keys"], lambda: forget_actor(subject))
        while not jobs.cancelled():
            batch = erase_batch(request, step, model, declaration, subject)
            done += batch.rows
            jobs.progress(done, total, model._meta.label)
            if not batch.left:
                break
        remaining = PlanRow.objects.filter(request=request, model=model._meta.label_lower, done=False).exists()
        if not remaining:
            step.finished_at = timezone.now()
            step.save(update_fields=["finished_at"])
    _once(steps["actor keys"], lambda: forget_actor(subject))
    _once(steps["files"], lambda: remove_files(request))


def _skeleton(request: DataRequest) -> dict[str, Step]:
    """The steps, written before anything is erased: a report can never say less than what was begun."""
    names: list[tuple[str, int]] = [(f"hook: {name}", 0) for name in cleans()]
    for model, _declaration in erase_order():
        total = request.rows.filter(model=model._meta.label_lower).count()
        if total:
            names.append((model._meta.label, total))
    names += [("actor keys", 0), ("files", 0)]
    with transaction.atomic():
        for position, (name, total) in enumerate(names):
            Step.objects.get_or_create(request=request, name=name, defaults={"position": position, "total": total})
        if not request.report:
            request.report = {"request": request.number, "state": "started", "started_at": timezone.now().isoformat()}
            request.save(update_fields=["report"])
            write_event(request, "begin", by=None, note=f"{len(names)} steps")
    return {step.name: step for step in request.steps.all()}


def _once(step: Step, work: Any) -> None:
    """Run a step that is one unit; it is safe to repeat when a kill came before its mark."""
    if step.finished_at:
        return
    with transaction.atomic():
        step.done += work()
        step.total = max(step.total, step.done)
        step.finished_at = timezone.now()
        step.save(update_fields=["done", "total", "finished_at"])
