"""From ``running`` to ``done``: find what came late, scan, repair mentions, scan again, and only then report."""

from __future__ import annotations

import logging
from typing import Any

from django.apps import apps
from django.utils import timezone

from tenancy import audit, jobs

from ..exceptions import PiiError, ProofVoid
from ..find import find
from ..holds import active_holds
from ..letters import send_letter
from ..models import DataRequest, PlanRow, ReviewItem, State
from ..requests.ending import scrub
from ..requests.identity import subject_of
from ..requests.locking import locked
from ..requests.transitions import move, write_event
from ..scan import ScanResult, scan
from ..scan.statistics import renew
from ..subjects import Subject
from .again import RELEASED
from .batch import erase_batch
from .blobs import remove_files
from .mentions import Mentions, Outcome
from .order import erase_order
from .report import build_report

logger = logging.getLogger("pii")
ROUNDS = 4


def verify_and_finish(request: DataRequest) -> DataRequest:
    """Prove the erasure and finish the request; safe to repeat.

    It stays in ``verifying`` while passages wait for review, and becomes ``failed`` when the proof is void.
    """
    request.refresh_from_db()
    if request.state != State.VERIFYING:
        return request
    subject = subject_of(request)
    result, outcome = ScanResult(), Outcome()
    for _round in range(ROUNDS):
        _erase_late_rows(request, subject)
        renew()
        if not subject.identifiers and request.identity_method == RELEASED:
            break  # rows that name nobody by themselves: the scan of the request that kept them stands
        result = scan(subject.identifiers, request=request, tell=jobs.progress)
        if result.void:
            return _fail(request, "; ".join(result.void))
        for label, key, tenant in request.rows.values_list("model", "key", "tenant_key"):
            subject.rows[apps.get_model(label)] |= {_row(key, tenant)}
        outcome = Mentions(request, subject.identifiers, active_holds(subject, request)).judge(result)
        if not outcome.repaired and not outcome.again:
            break
    else:
        return _fail(request, "identifiers keep coming back: something writes them while they are erased")
    if outcome.open_reviews or result.statistics:
        with locked(request, reason="review") as row:
            note = f"{outcome.open_reviews} passages, {len(result.statistics)} statistics"
            write_event(row, "needs_review", by=None, note=note)
        return row
    return _finish(request, subject, result, outcome)


def answer_review(item: ReviewItem, *, answer: str, by: Any) -> ReviewItem:
    """Redact a found passage, or say that it means somebody else. The last answer orders the proof again."""
    from .review import redact_cell

    with locked(item.request, reason="review") as row:
        item = ReviewItem.objects.select_for_update().get(pk=item.pk)
        if answer == ReviewItem.Answer.REDACTED:
            redact_cell(item, subject_of(row).identifiers)
        item.answer, item.answered_by_id, item.answered_at = ReviewItem.Answer(answer), by.pk, timezone.now()
        item.save()
        write_event(row, "answer_review", by=by, note=f"{item.table}.{item.column}: {answer}")
        if row.state == State.VERIFYING and not row.reviews.filter(answer=ReviewItem.Answer.OPEN).exists():
            jobs.enqueue("pii.erase", row.pk, lock=f"pii.erase:{row.pk}", by=by)
    return item


def _row(key: str, tenant: Any) -> Any:
    from ..subjects import Row

    return Row(key, tenant)


def _erase_late_rows(request: DataRequest, subject: Subject) -> None:
    """Rows that appeared since the plan, and rows that were written again, go the same way."""
    again = find(subject.limited_to(request.tenant_id, with_account=request.with_account))
    refused = set(request.items.filter(action="refuse").values_list("tenant_key", flat=True))
    PlanRow.objects.bulk_create(
        [
            PlanRow(request=request, model=model._meta.label_lower, key=row.pk, tenant_key=row.tenant_id)
            for model, rows in again.rows.items()
            for row in rows
            if row.tenant_id not in refused or row.tenant_id is None
        ],
        ignore_conflicts=True,
        batch_size=2000,
    )
    held = active_holds(again, request)
    for model, declaration in erase_order():
        pending = request.rows.filter(model=model._meta.label_lower, done=False)
        if not pending.exists():
            continue
        step, _made = request.steps.get_or_create(name=model._meta.label, defaults={"position": 900})
        label = model._meta.label_lower
        if all(held.ground(tenant, label) for tenant in pending.values_list("tenant_key", flat=True).distinct()):
            continue
        while erase_batch(request, step, model, declaration, again).left:
            continue
    remove_files(request)


def _fail(request: DataRequest, why: str) -> DataRequest:
    with locked(request, reason="fail") as row:
        move(row, "fail", by=None, note=why)
        row.report = {**row.report, "state": "failed", "why": why}
        row.save(update_fields=["report"])
    logger.error("privacy request %s failed: the proof is void", row.number)
    raise ProofVoid(f"{row.number}: {why}")


def _finish(request: DataRequest, subject: Subject, result: ScanResult, outcome: Outcome) -> DataRequest:
    with locked(request, reason="finish") as row:
        if row.state != State.VERIFYING:
            raise PiiError("The request moved while it was verified.")
        report, signature, partial = build_report(row, result, outcome)
        move(
            row,
            "finish",
            by=None,
            note="partial" if partial else "full",
            finished_at=timezone.now(),
            is_partial=partial,
            report=report,
            signature=signature,
        )
        send_letter(row, "done", retained=report["retained"])
        audit.record("privacy.erasure_done", by=None, tenant=row.tenant_id, target=row, details={"partial": partial})
        return scrub(row)
