"""The verbs of a bulk change: freeze what is selected, carry it out, stop it."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib.admin.sites import site
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.db.models import CharField, F, QuerySet
from django.db.models.functions import Cast
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from console.jobs import where
from tenancy import TenantRefused, audit, jobs, system_scope
from tenancy.staff import is_staff_now, staff_at_work

from ..four_eyes import verbs as four_eyes
from ..models import Approval, ApprovalState, BulkRow, BulkRun, BulkState, RowState

JOB = "operations.bulk"
VERB = "bulk.change"
AT_ONCE = 25  # rows that are carried out while the person waits; more become a job
CHUNK = 50


@transaction.atomic
def freeze(page: Any, action: str, queryset: QuerySet[Any], *, by: Any, reason: str) -> BulkRun:
    """Write down which rows were selected, in one statement. Needs staff scope."""
    run = BulkRun.objects.create(model=page.opts.label_lower, action=action, reason=reason, asked_by=by)
    keys = queryset.annotate(frozen_key=Cast("pk", CharField())).values_list("frozen_key")
    sql, params = keys.query.sql_with_params()
    insert = "INSERT INTO operations_bulkrow (run_id, object_id, state, note)"
    statement = f"{insert} SELECT %s, s.key, 'waiting', '' FROM ({sql}) AS s (key)"  # noqa: S608  # Django's own SQL
    with connection.cursor() as cursor:
        cursor.execute(statement, [run.pk, *params])
        run.total = cursor.rowcount
    run.save(update_fields=["total"])
    return run


@transaction.atomic
def ask_for(run: BulkRun) -> Approval:
    """Let a second person decide."""
    run.state = BulkState.ASKED
    run.save(update_fields=["state"])
    details = {"run": str(run.pk), "model": run.model, "action": run.action, "rows": run.total}
    return four_eyes.ask(VERB, by=run.asked_by, reason=run.reason, details=details)


@four_eyes.carries_out(VERB)
def approved(approval: Approval, *, by: Any) -> Any:
    """Start what somebody else asked for. Raises TenantRefused for one that was cancelled meanwhile."""
    run = BulkRun.objects.select_for_update(of=("self",)).get(pk=approval.details["run"])
    if run.state != BulkState.ASKED:
        raise TenantRefused(_("The bulk change was cancelled meanwhile."), code="cancelled")
    start(run)
    return _("Approved: the rows and their outcomes stand under Bulk changes.")


@four_eyes.lets_go(VERB)
def given_up(approval: Approval, *, by: Any) -> None:
    """A change that nobody will approve waits no longer."""
    run = BulkRun.objects.select_for_update(of=("self",)).get(pk=approval.details["run"])
    if run.state == BulkState.ASKED:
        _leave(run, BulkState.EXPIRED if approval.state == ApprovalState.EXPIRED else BulkState.CANCELLED)
        run.save(update_fields=["state", "finished_at"])


def start(run: BulkRun) -> None:
    """Carry a few rows out at once; order a job for more."""
    if run.total <= AT_ONCE:
        carry_out(run)
        return
    run.state = BulkState.WAITING
    run.save(update_fields=["state"])
    audit.record("bulk.ordered", by=run.asked_by, target=run, reason=run.reason, details=_facts(run))
    jobs.enqueue(JOB, run.pk, lock=f"{JOB}:{run.pk}", by=run.asked_by)


@jobs.job(JOB, attempts=3)
def run_bulk(key: str) -> None:
    """Go on with a bulk change after its last finished row."""
    with system_scope(reason="who asked for a bulk change"):
        run = BulkRun.objects.select_related("asked_by").get(pk=key)
    if run.is_over or run.asked_by is None:
        return
    person = run.asked_by
    with (
        staff_at_work(person, reason=f"bulk change {run.pk}")
        if is_staff_now(person)
        else system_scope(reason="a bulk change of somebody who left is closed, and nothing done")
    ):
        carry_out(run)
        audit.record("bulk.finished", by=run.asked_by, target=run, reason=run.reason, details=_facts(run))


def carry_out(run: BulkRun) -> None:
    """Act on every waiting row, each in a transaction of its own together with its outcome."""
    page: Any = site._registry[apps.get_model(run.model)]
    request = acting(run.asked_by)
    may = may_act(page, run.action, request)
    run.state = BulkState.RUNNING
    run.save(update_fields=["state"])
    while True:
        stop = BulkRun.objects.filter(pk=run.pk, cancel_requested=True).exists() or jobs.cancelled()
        if stop or not may:
            waiting = BulkRow.objects.filter(run=run, state=RowState.WAITING)
            waiting.update(state=RowState.SKIPPED, note=_("Cancelled") if stop else _("Not allowed any more"))
            break
        part = list(BulkRow.objects.filter(run=run, state=RowState.WAITING).order_by("pk")[:CHUNK])
        if not part:
            break
        _act_on(run, part, page, request)
        jobs.progress(run.done + run.refused, run.total)
    run.state = BulkState.CANCELLED if stop or not may else BulkState.FINISHED
    run.finished_at = timezone.now()
    run.save(update_fields=["state", "finished_at"])


def _act_on(run: BulkRun, part: list[BulkRow], page: Any, request: HttpRequest) -> None:
    pk = page.model._meta.pk
    found = page.get_queryset(request).in_bulk([pk.to_python(row.object_id) for row in part])
    act = getattr(type(page), run.action).act
    done = 0
    for row in part:
        obj = found.get(pk.to_python(row.object_id))
        try:
            with transaction.atomic():
                if obj is not None:
                    act(page, obj, by=run.asked_by, reason=run.reason)
                row.state = RowState.DONE if obj is not None else RowState.GONE
                row.save(update_fields=["state"])
        except (TenantRefused, ValidationError) as refusal:
            words = " ".join(refusal.messages) if isinstance(refusal, ValidationError) else str(refusal)
            _note(row, RowState.REFUSED, words)
        except DatabaseError as error:
            _note(row, RowState.FAILED, where(error))
        done += row.state == RowState.DONE
    BulkRun.objects.filter(pk=run.pk).update(done=F("done") + done, refused=F("refused") + len(part) - done)
    run.done, run.refused = run.done + done, run.refused + len(part) - done


def _note(row: BulkRow, state: RowState, words: str) -> None:
    row.state, row.note = state, words[:200]
    row.save(update_fields=["state", "note"])


def acting(person: Any) -> HttpRequest:
    """A request as if the person had sent it just now, for what a page asks of one."""
    request = HttpRequest()
    request.user = person
    return request


def may_act(page: Any, action: str, request: HttpRequest) -> bool:
    """Whether the person holds, at this moment, what the action needs."""
    person: Any = request.user
    needed = getattr(page, action).allowed_permissions
    return bool(is_staff_now(person) and all(getattr(page, f"has_{name}_permission")(request) for name in needed))


@transaction.atomic
def cancel(run: BulkRun, *, by: Any, reason: str) -> None:
    """Stop after the current rows, or before the first one. Raises TenantRefused when it is over."""
    run = BulkRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if run.is_over:
        raise TenantRefused(_("The bulk change is over already."), code="over")
    run.cancel_requested = True
    if run.state == BulkState.ASKED:
        _leave(run)
    run.save(update_fields=["cancel_requested", "state", "finished_at"])
    audit.record("bulk.cancelled", by=by, target=run, reason=reason)


def is_late(run: BulkRun) -> bool:
    """Whether nobody approved it in time."""
    return run.state == BulkState.ASKED and run.asked_at + four_eyes.GOOD_FOR <= timezone.now()


def _leave(run: BulkRun, state: BulkState = BulkState.CANCELLED) -> None:
    run.state, run.finished_at = state, timezone.now()
    waiting = BulkRow.objects.filter(run=run, state=RowState.WAITING)
    waiting.update(state=RowState.SKIPPED, note=str(state.label))


def _facts(run: BulkRun) -> dict[str, Any]:
    return {"model": run.model, "action": run.action, "rows": run.total, "done": run.done, "refused": run.refused}
