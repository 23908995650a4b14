"""Binds the job port to procrastinate, with one progress row per job."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, connections, transaction
from django.utils import timezone
from procrastinate.exceptions import AlreadyEnqueued

from tenancy import TenantRefused, audit, system_scope
from tenancy import jobs as port

from .models import FINISHED, JobRun, JobState

SCOPE = "the queue's own tables"
STALLED_AFTER_SECONDS = 30


class QueueBackend:
    """Writes the order and its progress row inside the caller's transaction, so that a rollback drops both."""

    def enqueue(self, order: port.Order) -> UUID:
        from .tasks import defer

        with system_scope(reason=SCOPE):
            try:
                with transaction.atomic():
                    run = self.record(order)
                    run.queue_id = defer(run)
                    run.save(update_fields=["queue_id"])
            except AlreadyEnqueued:
                return self.waiting(order)
        return run.pk

    def record(self, order: port.Order) -> JobRun:
        return JobRun.objects.create(
            name=order.name,
            key=order.key,
            tenant_id=order.tenant_id,
            lock=order.lock or "",
            scheduled_at=order.at,
            requested_by_id=order.by_id,
        )

    def waiting(self, order: port.Order) -> UUID:
        """The order that holds the lock already."""
        return JobRun.objects.filter(lock=order.lock, state=JobState.WAITING).latest("created_at").pk


class InlineBackend(QueueBackend):
    """For tests and scripts without a worker: the same rows, run in this process on commit."""

    def enqueue(self, order: port.Order) -> UUID:
        with system_scope(reason=SCOPE):
            run = self.record(order)
        if order.at is None or order.at <= timezone.now():
            transaction.on_commit(lambda: execute(run.pk, outside=False))
        return run.pk


class Progress:
    """The port's `Run`: writes on a connection of its own, so that the row moves while the body's transaction is open.

    At most five writes a second, except for the last.
    """

    def __init__(self, run_id: UUID, *, outside: bool) -> None:
        self.run_id = run_id
        self.connection: Any = connections.create_connection("default") if outside else connections["default"]
        self.outside = outside
        self.written = self.asked = 0.0
        self.stop = False

    def progress(self, done: int, total: int | None, message: str) -> None:
        now = time.monotonic()
        if now - self.written < 0.2 and done != total:
            return
        self.written = now
        self._execute(
            "UPDATE console_jobrun SET done = %s, total = %s, message = %s WHERE id = %s",
            [done, total, message[:200], self.run_id],
        )

    def cancelled(self) -> bool:
        now = time.monotonic()
        if not self.stop and now - self.asked >= 0.5:
            self.asked = now
            rows = self._execute("SELECT cancel_requested FROM console_jobrun WHERE id = %s", [self.run_id])
            self.stop = bool(rows and rows[0][0])
        return self.stop

    def close(self) -> None:
        if self.outside:
            self.connection.close()

    def _execute(self, sql: str, params: list[Any]) -> list[tuple[Any, ...]]:
        with system_scope(reason=SCOPE), self.connection.cursor() as cursor:
            cursor.execute(sql, params)
            return list(cursor.fetchall()) if cursor.description else []


def execute(run_id: UUID, *, outside: bool = True) -> JobState:
    """Run an ordered job and write down how it ended. Re-raises what the body raises."""
    with system_scope(reason=SCOPE):
        run = JobRun.objects.get(pk=run_id)
        if run.is_finished:
            return JobState(run.state)  # cancelled while it waited
        run.attempts += 1
        run.state, run.started_at, run.error = JobState.RUNNING, timezone.now(), ""
        run.save(update_fields=["attempts", "state", "started_at", "error"])
    handle = Progress(run.pk, outside=outside)
    order = port.Order(run.name, run.key, run.tenant_id)
    try:
        port.run(order, handle)
    except Exception as error:
        again = run.attempts < port.get_job(run.name).attempts
        finish(run.pk, JobState.WAITING if again else JobState.FAILED, error=where(error))
        raise
    finally:
        handle.close()
    with system_scope(reason=SCOPE):
        asked = handle.stop or JobRun.objects.filter(pk=run.pk, cancel_requested=True).exists()
    return finish(run.pk, JobState.CANCELLED if asked and handle.stop else JobState.SUCCEEDED)


def finish(run_id: UUID, state: JobState, *, error: str = "") -> JobState:
    """Write the end of a run (or of one try of it)."""
    with system_scope(reason=SCOPE):
        JobRun.objects.filter(pk=run_id).update(
            state=state, error=error, finished_at=timezone.now() if state in FINISHED else None
        )
    return state


def where(error: BaseException) -> str:
    """The class of an exception and the line that raised it. Never its message, which may hold a person's data."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f" at {trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}" if trace is not None else ""
    code = f" ({error.code})" if isinstance(error, TenantRefused) else ""
    return f"{type(error).__name__}{code}{place}"[:200]


def is_lost(run: JobRun) -> bool:
    """Whether a job is said to run while its worker is gone. The queue gives it to another one within two minutes."""
    if run.state != JobState.RUNNING or run.queue_id is None:
        return False
    with system_scope(reason=SCOPE), connection.cursor() as cursor:
        cursor.execute(
            "SELECT w.last_heartbeat IS NULL OR w.last_heartbeat < now() - make_interval(secs => %s) "
            "FROM procrastinate_jobs j LEFT JOIN procrastinate_workers w ON w.id = j.worker_id "
            "WHERE j.id = %s AND j.status = 'doing'",
            [STALLED_AFTER_SECONDS, run.queue_id],
        )
        row = cursor.fetchone()
    return bool(row and row[0])


def retry(run: JobRun, *, by: Any, reason: str = "") -> None:
    """Run a failed or cancelled job again. Raises TenantRefused for one that is not over, or that succeeded."""
    from .tasks import defer

    with system_scope(reason=SCOPE), transaction.atomic():
        run = JobRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
        if run.state not in (JobState.FAILED, JobState.CANCELLED):
            raise TenantRefused("Only a failed or cancelled job can be run again.", code="job_not_failed")
        run.state, run.cancel_requested, run.finished_at, run.attempts = JobState.WAITING, False, None, 0
        run.scheduled_at = None
        if getattr(settings, "TENANCY", {}).get("JOBS_BACKEND") == "console.jobs.InlineBackend":
            transaction.on_commit(lambda: execute(run.pk, outside=False))
        else:
            run.queue_id = defer(run)
        run.save()
        audit.record("job.retried", by=by, tenant=run.tenant_id, target=run, reason=reason)


def cancel(run: JobRun, *, by: Any, reason: str = "") -> None:
    """Drop a waiting job, or ask a running one to stop after its current step. Raises TenantRefused when it is over."""
    from .tasks import withdraw

    with system_scope(reason=SCOPE), transaction.atomic():
        run = JobRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
        if run.is_finished:
            raise TenantRefused("The job is over already.", code="job_over")
        if run.state == JobState.WAITING:
            run.state, run.finished_at = JobState.CANCELLED, timezone.now()
            withdraw(run)
        run.cancel_requested = True
        run.save(update_fields=["state", "finished_at", "cancel_requested"])
        audit.record("job.cancelled", by=by, tenant=run.tenant_id, target=run, reason=reason)
