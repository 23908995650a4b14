"""The job port: scopes of the body, refusals, and what survives a retry."""

from __future__ import annotations

import dataclasses
import datetime

import pytest
from django.db import transaction
from django.utils import timezone

from tenancy import CrossTenantAccess, current_scope, identity_scope, jobs, system_scope, tenant_scope
from tenancy.scope import ScopeKind

SEEN: list[tuple[str, object, object]] = []


@jobs.job("test.look")
def look(key: str) -> None:
    jobs.progress(1, 2, "half")
    SEEN.append((key, current_scope().kind, current_scope().tenant_id))


@pytest.fixture(autouse=True)
def inline(settings):
    SEEN.clear()
    settings.TENANCY = {**getattr(settings, "TENANCY", {}), "JOBS_BACKEND": "tenancy.jobs.InlineBackend"}


def test_a_job_with_a_tenant_runs_in_its_scope_and_only_after_commit(
    tenant_a, tenant_b, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks() as callbacks, system_scope(reason="test"):
        jobs.enqueue("test.look", "k1", tenant=tenant_a)
    assert SEEN == []
    with tenant_scope(tenant_b):
        callbacks[0]()
        assert current_scope().tenant_id == tenant_b.pk
    assert [("k1", ScopeKind.TENANT, tenant_a.pk)] == SEEN


def test_a_job_without_a_tenant_runs_in_no_scope(tenant_a, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks, tenant_scope(tenant_a):
        jobs.enqueue("test.look", "k2")
    with identity_scope():
        callbacks[0]()
    assert SEEN == [("k2", ScopeKind.NONE, None)]


def test_in_tenant_scope_another_tenants_job_is_refused(tenant_a, tenant_b, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True) as callbacks, tenant_scope(tenant_a):
        with pytest.raises(CrossTenantAccess):
            jobs.enqueue("test.look", "k", tenant=tenant_b)
        jobs.enqueue("test.look", "own", tenant=tenant_a.pk)
    assert len(callbacks) == 1
    assert [key for key, *_ in SEEN] == ["own"]


def test_an_order_that_runs_again_has_the_same_scope(tenant_a):
    order = jobs.Order("test.look", "again", tenant_id=tenant_a.pk)
    jobs.run(order)
    jobs.run(dataclasses.replace(order))
    assert [("again", ScopeKind.TENANT, tenant_a.pk)] * 2 == SEEN
    assert current_scope().kind is ScopeKind.NONE


@pytest.mark.django_db(transaction=True)
def test_a_rollback_drops_the_job():
    with transaction.atomic():
        jobs.enqueue("test.look", "dropped")
        transaction.set_rollback(True)
    jobs.enqueue("test.look", "kept")
    assert [key for key, *_ in SEEN] == ["kept"]


def test_refusals_name_the_reason():
    with pytest.raises(LookupError, match="jobs"):
        jobs.enqueue("no.such.job", "k")
    with pytest.raises(ValueError, match="personal data"):
        jobs.enqueue("test.look", "jane@example.test")
    with pytest.raises(ValueError, match="queue"):
        jobs.enqueue("test.look", "k", at=timezone.now() + datetime.timedelta(hours=1))
    with pytest.raises(ValueError, match="registered already"):
        jobs.job("test.look")(lambda key: None)


def test_progress_reaches_the_backend_and_cancelling_is_asked():
    class Handle:
        told = None

        def progress(self, done, total, message):
            self.told = (done, total, message)

        def cancelled(self):
            return True

    handle = Handle()
    jobs.run(jobs.Order("test.look", "k"), handle)
    assert handle.told == (1, 2, "half")
    jobs.progress(9)  # outside a job: nothing happens
    assert handle.told == (1, 2, "half")
    assert jobs.cancelled() is False


def test_periodic_jobs_carry_their_schedule():
    @jobs.periodic("0 3 * * *", "test.nightly")
    def nightly(key: str) -> None: ...

    assert [entry.cron for entry in jobs.periodic_jobs() if entry.name == "test.nightly"] == ["0 3 * * *"]
