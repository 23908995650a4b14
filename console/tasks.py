"""The queue's few tasks: run one ordered job, run the periodic ones, find the stalled, forget the old."""

from __future__ import annotations

import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from procrastinate import BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.jobs import Job
from procrastinate.manager import JobManager

from tenancy import jobs as port
from tenancy import system_scope

from .jobs import STALLED_AFTER_SECONDS
from .models import FINISHED, JobRun, JobState

KEEP_DAYS = 90  # progress rows, which people look at
QUEUE_KEEP_DAYS = 7  # the queue's own rows: of no use once their job is over, and a minute's schedule adds many


class AsRegistered(BaseRetryStrategy):
    """Try again as often as the job's registration says, with a growing wait."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        entry = port.get_job(str(job.task_kwargs["name"]))
        if job.attempts + 1 >= entry.attempts:
            return None
        return RetryDecision(retry_in={"seconds": entry.wait_seconds * (job.attempts + 1)})


@app.task(name="console.run_job", retry=AsRegistered())
def run_job(run_id: str, name: str) -> None:
    """Run one `JobRun`. The arguments are its key and its name, nothing else."""
    from .jobs import execute

    execute(UUID(run_id))


@app.task(name="console.run_periodic")
def run_periodic(timestamp: int, name: str) -> None:
    """Order a periodic job; a run that still waits is not ordered twice."""
    port.enqueue(name, timestamp, lock=f"periodic:{name}")


@app.task(name="console.recover_stalled", pass_context=True)
async def recover_stalled(context: JobContext, timestamp: int) -> None:
    """Give the jobs of a killed worker back to the queue. Bodies are idempotent and keep a cursor of their own."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_SECONDS):
        await manager.retry_job(job)


@app.task(name="console.forget_old_jobs")
def forget_old_jobs(timestamp: int) -> None:
    """Delete the progress rows of what ended long ago."""
    before = timezone.now() - datetime.timedelta(days=KEEP_DAYS)
    with system_scope(reason="old jobs are forgotten"):
        JobRun.objects.filter(state__in=FINISHED, finished_at__lt=before).delete()


@app.task(name="console.prune_queue", pass_context=True)
async def prune_queue(context: JobContext, timestamp: int) -> None:
    """Delete the queue's rows of jobs that are over, with their events, on the worker's own connection.

    https://procrastinate.readthedocs.io/en/stable/howto/production/delete_finished_jobs.html
    """
    await context.app.job_manager.delete_old_jobs(
        nb_hours=QUEUE_KEEP_DAYS * 24, include_failed=True, include_cancelled=True, include_aborted=True
    )


def register_periodic() -> None:
    """Tell procrastinate every schedule; called by the worker once all apps are loaded."""
    schedules: list[tuple[Any, str, str, dict[str, Any]]] = [
        (recover_stalled, "* * * * *", "recover_stalled", {}),
        (forget_old_jobs, "17 4 * * *", "forget_old_jobs", {}),
        (prune_queue, "27 4 * * *", "prune_queue", {}),
    ]
    schedules += [(run_periodic, job.cron, job.name, {"name": job.name}) for job in port.periodic_jobs()]
    for task, cron, name, kwargs in schedules:
        if (task.name, name) not in app.periodic_registry.periodic_tasks:
            app.periodic_registry.register_task(
                task=task,
                cron=cron,
                periodic_id=name,
                configure_kwargs={"queueing_lock": f"periodic-task:{name}", "task_kwargs": kwargs},
            )


def manager() -> JobManager:
    """The queue over Django's own connection, so that what it writes belongs to the caller's transaction."""
    return JobManager(DjangoConnector())


def defer(run: JobRun) -> int:
    """Put a run into the queue. Raises AlreadyEnqueued where another one waits behind the same lock."""
    job = manager().defer_job(
        Job(
            id=None,
            queue="default",
            lock=None,
            queueing_lock=run.lock or None,
            task_name=run_job.name,
            task_kwargs={"run_id": str(run.pk), "name": run.name},
            scheduled_at=run.scheduled_at,
        )
    )
    assert job.id is not None
    return job.id


def withdraw(run: JobRun) -> None:
    """Take a waiting run out of the queue."""
    if run.queue_id is not None and run.state == JobState.CANCELLED:
        manager().cancel_job_by_id(run.queue_id)
