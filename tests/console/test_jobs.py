"""Jobs through the real queue: progress, retry, cancel, locks, and what a rollback drops."""

from __future__ import annotations

import datetime

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from console import jobs as verbs
from console.models import JobRun, JobState
from tenancy import TenantRefused, current_tenant_id, jobs, system_scope
from tests.factories import make_tenant, make_user

SEEN: list[tuple[str, object]] = []
SNAPSHOTS: list[tuple[int, int | None]] = []


@jobs.job("test.count")
def count(key: str) -> None:
    SEEN.append((key, current_tenant_id()))
    with transaction.atomic():
        jobs.progress(1, 3, "one of three")
        with system_scope(reason="test"), connection.cursor() as cursor:
            cursor.execute("SELECT done, total FROM console_jobrun WHERE key = %s", [key])
            SNAPSHOTS.extend(cursor.fetchall())


@jobs.job("test.flaky", attempts=3, wait_seconds=0)
def flaky(key: str) -> None:
    SEEN.append((key, None))
    if len(SEEN) < 3:
        raise RuntimeError("jane@example.test broke it")


@jobs.job("test.stoppable")
def stoppable(key: str) -> None:
    with system_scope(reason="test"):
        verbs.cancel(JobRun.objects.get(key=key), by=None)
    if jobs.cancelled():
        return
    SEEN.append((key, "not stopped"))


@pytest.fixture(autouse=True)
def clear():
    SEEN.clear()
    SNAPSHOTS.clear()


@pytest.fixture
def queue(settings, transactional_db):
    settings.TENANCY = {**settings.TENANCY, "JOBS_BACKEND": "console.jobs.QueueBackend"}

    def work() -> None:
        call_command("worker", once=True)

    empty_queue()
    yield work
    empty_queue()


def empty_queue() -> None:
    """The queue's tables are unmanaged: Django's flush leaves them alone."""
    with system_scope(reason="test"), connection.cursor() as cursor:
        for table in ("periodic_defers", "events", "jobs", "workers"):
            cursor.execute(f"DELETE FROM procrastinate_{table}")


def run_of(key: str) -> JobRun:
    with system_scope(reason="test"):
        return JobRun.objects.get(key=key)


def queued() -> list[ProcrastinateJob]:
    with system_scope(reason="test"):
        return list(ProcrastinateJob.objects.filter(task_name="console.run_job").order_by("id"))


def test_the_worker_runs_a_job_in_its_tenant_and_shows_progress_meanwhile(queue):
    tenant, user = make_tenant(), make_user()
    jobs.enqueue("test.count", "k1", tenant=tenant, by=user)
    assert run_of("k1").state == JobState.WAITING
    queue()
    run = run_of("k1")
    assert [(run.state, run.done, run.total, run.percent)] == [(JobState.SUCCEEDED, 1, 3, 33)]
    assert [("k1", tenant.pk)] == SEEN
    assert SNAPSHOTS == [(1, 3)]  # written by another connection while the body's transaction was open
    assert (run.requested_by_id, run.attempts) == (user.pk, 1)
    assert [job.args for job in queued()] == [{"run_id": str(run.pk), "name": "test.count"}]


def test_a_rollback_drops_job_and_row(queue):
    with transaction.atomic():
        jobs.enqueue("test.count", "gone")
        transaction.set_rollback(True)
    queue()
    assert (SEEN, queued()) == ([], [])


def test_a_lock_lets_one_wait_and_the_transaction_goes_on(queue):
    with transaction.atomic():
        first = jobs.enqueue("test.count", "a", lock="only-one")
        second = jobs.enqueue("test.count", "b", lock="only-one")
    assert first == second
    queue()
    assert [key for key, _ in SEEN] == ["a"]


def test_a_failing_job_is_tried_again_and_its_message_is_not_kept(queue):
    jobs.enqueue("test.flaky", "f")
    queue()
    run = run_of("f")
    while run.state == JobState.WAITING:
        queue()
        run = run_of("f")
    assert (run.state, run.attempts) == (JobState.SUCCEEDED, 3)


def test_a_job_that_fails_for_good_can_be_run_again(queue, monkeypatch):
    monkeypatch.setitem(jobs._jobs, "test.flaky", jobs.Job("test.flaky", flaky))
    jobs.enqueue("test.flaky", "f")
    queue()
    run = run_of("f")
    assert run.state == JobState.FAILED
    assert "RuntimeError" in run.error
    assert "jane" not in run.error
    verbs.retry(run, by=None)
    queue()
    verbs.retry(run_of("f"), by=None)
    queue()
    assert run_of("f").state == JobState.SUCCEEDED
    with pytest.raises(TenantRefused):
        verbs.retry(run_of("f"), by=None)


def test_a_waiting_job_is_dropped_and_a_running_one_stops_at_its_next_step(queue):
    jobs.enqueue("test.count", "never", at=timezone.now() + datetime.timedelta(days=1))
    verbs.cancel(run_of("never"), by=None)
    assert run_of("never").state == JobState.CANCELLED
    assert [job.status for job in queued()] == ["cancelled"]
    jobs.enqueue("test.stoppable", "half")
    queue()
    assert run_of("half").state == JobState.CANCELLED
    assert SEEN == []
    with pytest.raises(TenantRefused):
        verbs.cancel(run_of("half"), by=None)


def test_the_job_of_a_killed_worker_is_given_back(queue):
    from procrastinate.contrib.django import app

    jobs.enqueue("test.count", "lost")
    with system_scope(reason="test"), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour') RETURNING id"
        )
        (worker,) = cursor.fetchone()
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s", [worker])
    queue()
    assert SEEN == []
    with system_scope(reason="test"):
        app.tasks["console.recover_stalled"].configure(queueing_lock="recover").defer(timestamp=0)
    queue()
    queue()
    assert [key for key, _ in SEEN] == ["lost"]
    assert run_of("lost").state == JobState.SUCCEEDED


def test_the_queues_rows_are_pruned_by_the_worker_once_they_are_old(queue):
    from procrastinate.contrib.django import app

    from console.tasks import QUEUE_KEEP_DAYS

    for key in ("done", "failed", "young"):
        jobs.enqueue("test.count", key)
    jobs.enqueue("test.count", "still waits", at=timezone.now() + datetime.timedelta(days=1))
    queue()
    rows = {job.args["run_id"]: job.pk for job in queued()}
    old = [rows[str(run_of(key).pk)] for key in ("done", "failed", "still waits")]
    with system_scope(reason="test"), connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed' WHERE id = %s", [old[1]])
        cursor.execute(
            "UPDATE procrastinate_events SET at = now() - make_interval(days => %s) WHERE job_id = ANY (%s)",
            [QUEUE_KEEP_DAYS + 1, old],
        )
    with system_scope(reason="test"):
        app.tasks["console.prune_queue"].configure(queueing_lock="prune").defer(timestamp=0)
    queue()
    assert {job.pk for job in queued()} == {rows[str(run_of(key).pk)] for key in ("young", "still waits")}
    with system_scope(reason="test"), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_events WHERE job_id = ANY (%s)", [old[:2]])
        assert cursor.fetchone() == (0,)
    assert {run_of(key).state for key in ("done", "failed")} == {JobState.SUCCEEDED}  # what people look at stays


def test_old_jobs_are_forgotten_and_schedules_are_known(db, monkeypatch):
    from procrastinate.contrib.django import app

    from console.tasks import forget_old_jobs, register_periodic

    with system_scope(reason="test"):
        long_ago = timezone.now() - datetime.timedelta(days=91)
        JobRun.objects.create(name="x", key="old", state=JobState.SUCCEEDED, finished_at=long_ago)
        JobRun.objects.create(name="x", key="new", state=JobState.SUCCEEDED, finished_at=timezone.now())
    forget_old_jobs(0)
    with system_scope(reason="test"):
        assert list(JobRun.objects.values_list("key", flat=True)) == ["new"]
    monkeypatch.setattr(app.periodic_registry, "periodic_tasks", {})
    register_periodic()
    register_periodic()  # twice does not raise
    task = app.periodic_registry.periodic_tasks["console.recover_stalled", "recover_stalled"]
    assert set(task.configure_kwargs) == {"queueing_lock", "task_kwargs"}  # a lock would keep it waiting for the dead
    assert ("console.prune_queue", "prune_queue") in app.periodic_registry.periodic_tasks
