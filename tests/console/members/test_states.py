"""An import moves once: two tabs, two workers, a discard in between and a second upload each end in a clear state."""

from __future__ import annotations

import threading

import pytest
from django.db import connection
from django.urls import reverse

from console import jobs as queue
from console.members import flow, merge, undo
from console.members.models import ImportState, MemberImport
from console.members.progress import is_working
from console.members.states import TakenOver, hold
from console.models import JobRun, JobState
from tenancy import TenantRefused, system_scope, tenant_scope
from tests.factories import make_tenant

from .helpers import HEAD, imported, member, members, previewed

TWO = HEAD + "anna@x.test,Anna,,,,\nben@x.test,Ben,,,,\n"


def stored(item):
    return MemberImport.objects.select_related("tenant").get(pk=item.pk)


def refusal(act):
    with pytest.raises(TenantRefused) as refused:
        act()
    return refused.value.code


def test_a_confirmed_import_is_neither_checked_again_nor_reopened_nor_confirmed_twice(tenant_a):
    item = previewed(tenant_a, TWO)
    with tenant_scope(tenant_a):
        tab = stored(item)
        flow.confirm(item, by=None)
        assert refusal(lambda: flow.check(tab, by=None)) == "wrong_state"
        assert refusal(lambda: flow.preview(tab)) == "wrong_state"
        assert refusal(lambda: flow.reopen(tab)) == "wrong_state"
        assert refusal(lambda: flow.confirm(tab, by=None)) == "wrong_state"
        assert stored(item).state == "running"


def test_what_is_confirmed_is_what_was_looked_at(tenant_a):
    item = previewed(tenant_a, TWO)
    with tenant_scope(tenant_a):
        tab = flow.stamp(item)
        flow.preview(stored(item))
        again = stored(item)
        assert refusal(lambda: flow.confirm(again, by=None, seen=tab)) == "checked_again"
        flow.confirm(again, by=None, seen=flow.stamp(again))


def test_a_stopped_check_after_a_stopped_run_does_not_run_what_nobody_confirmed(tenant_a):
    item = previewed(tenant_a, TWO)
    with tenant_scope(tenant_a):
        flow.confirm(item, by=None)
        MemberImport.objects.filter(pk=item.pk).update(state="stopped")
        item = stored(item)
        flow.check(item, by=None)  # its job waits for a commit that this test does not make
        MemberImport.objects.filter(pk=item.pk).update(state="stopped")
        item = stored(item)
        assert refusal(lambda: flow.run(item)) == "not_confirmed"
    assert "anna@x.test" not in members(tenant_a)


def test_checking_is_at_work_from_the_order_on(tenant_a, django_capture_on_commit_callbacks):
    item = previewed(tenant_a, TWO)
    with tenant_scope(tenant_a):
        with django_capture_on_commit_callbacks(execute=False):
            flow.check(item, by=None)
        assert stored(item).state == "previewing"
        assert is_working(stored(item))
        assert refusal(lambda: flow.discard(stored(item), by=None)) == "working"
        assert refusal(lambda: flow.resume(stored(item), by=None)) == "working"


def test_a_worker_that_was_thought_dead_writes_nothing_beside_its_successor(tenant_a, monkeypatch):
    monkeypatch.setattr(merge, "CHUNK", 1)
    item = previewed(tenant_a, TWO)
    with tenant_scope(tenant_a):
        flow.confirm(item, by=None)
        late = stored(item)
        flow.run(item)
        with pytest.raises(TakenOver):
            hold(late, ImportState.RUNNING)
        MemberImport.objects.filter(pk=item.pk).update(state="running")  # as if the successor had not ended yet
        flow.run(late)
        assert stored(item).applied == {"new": 2, "changed": 0, "conflicts": 0}
    with system_scope(reason="test"):
        assert member(tenant_a, "anna@x.test").history.count() == 1


def test_an_import_discarded_under_its_worker_stays_discarded(tenant_a, monkeypatch):
    monkeypatch.setattr(merge, "CHUNK", 1)
    item = previewed(tenant_a, TWO)

    def lose():
        MemberImport.objects.filter(pk=item.pk).update(state="discarded")
        return False

    monkeypatch.setattr("tenancy.jobs.cancelled", lose)
    with tenant_scope(tenant_a):
        flow.confirm(item, by=None)
        flow.run(item)
        assert (stored(item).state, stored(item).applied["new"]) == ("discarded", 1)
    assert "ben@x.test" not in members(tenant_a)


def test_a_job_of_an_import_that_is_over_ends_quietly(tenant_a):
    from console.members import jobs

    item = previewed(tenant_a, TWO)
    with tenant_scope(tenant_a):
        flow.discard(item, by=None)
        jobs.preview(str(item.pk))
        jobs.run(str(item.pk))
        assert stored(item).state == "discarded"


def test_a_second_upload_of_the_same_file_says_so_from_the_first_page_on(tenant_a):
    first = previewed(tenant_a, TWO)
    second = previewed(tenant_a, TWO)
    assert any("as import #1, which is not finished" in note for note in second.notes)
    with tenant_scope(tenant_a):
        flow.discard(first, by=None)
    assert not any("#1" in note for note in previewed(tenant_a, TWO).notes)
    imported(tenant_a, TWO)
    assert any("was imported before, as import #4" in note for note in previewed(tenant_a, TWO).notes)


def test_the_second_of_two_uploads_of_one_file_changes_nothing(tenant_a):
    first, second = previewed(tenant_a, TWO), previewed(tenant_a, TWO)
    with tenant_scope(tenant_a):
        for item in (first, second):
            flow.confirm(item, by=None)
            flow.run(item)
    assert (first.applied["new"], second.applied["new"], second.applied["conflicts"]) == (2, 0, 2)
    with system_scope(reason="test"):
        assert member(tenant_a, "anna@x.test").history.count() == 1


def test_an_import_whose_worker_is_gone_can_be_resumed_and_discarded(tenant_a):
    item = previewed(tenant_a, TWO)
    with tenant_scope(tenant_a):
        flow.confirm(item, by=None)
    with system_scope(reason="test"), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, args) "
            "VALUES ('default', 'console.run_job', 'doing', '{}') RETURNING id"
        )
        (number,) = cursor.fetchone()
        run = JobRun.objects.create(
            name="members.run", key=str(item.pk), tenant=tenant_a, state=JobState.RUNNING, queue_id=number
        )
        assert queue.is_lost(run)  # no worker holds it
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now()) RETURNING id")
        cursor.execute("UPDATE procrastinate_jobs SET worker_id = %s WHERE id = %s", [cursor.fetchone()[0], number])
        assert not queue.is_lost(run)
    with tenant_scope(tenant_a):
        assert is_working(item)
        with system_scope(reason="test"), connection.cursor() as cursor:
            cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'")
        assert not is_working(item)
        flow.discard(item, by=None)


def test_a_stopped_or_given_up_import_can_be_undone(tenant_a, monkeypatch):
    monkeypatch.setattr(merge, "CHUNK", 1)
    item = previewed(tenant_a, TWO)
    monkeypatch.setattr("tenancy.jobs.cancelled", lambda: True)
    with tenant_scope(tenant_a):
        assert not undo.is_possible(item)
        flow.confirm(item, by=None)
        flow.run(item)
        flow.discard(stored(item), by=None)
        item = stored(item)
        assert undo.is_possible(item)
        undo.request(item, by=None)
        undo.run(item)
    assert "anna@x.test" not in members(tenant_a)


@pytest.mark.django_db(transaction=True)
def test_two_people_confirm_at_the_same_moment_and_one_of_them_is_told(kept_files):
    tenant = make_tenant("racing")
    items = [previewed(tenant, TWO), previewed(tenant, TWO)]
    both, told = threading.Barrier(2), []

    def confirm(item):
        try:
            with tenant_scope(tenant):
                both.wait(20)
                flow.confirm(item, by=None)
                told.append("confirmed")
        except TenantRefused as refused:
            told.append(refused.code)
        finally:
            connection.close()

    people = [threading.Thread(target=confirm, args=(item,)) for item in items]
    for person in people:
        person.start()
    for person in people:
        person.join(60)
    assert sorted(told) == ["busy", "confirmed"]


def test_a_stale_tab_is_told_on_the_page(root, tenant_a):
    item = previewed(tenant_a, TWO)
    address = reverse("admin:members_memberimport_confirm", args=[item.pk])
    page = root.post(address, {"seen": "2001-01-01T00:00:00+00:00"}, follow=True).content.decode()
    assert "checked again since you looked" in page
    with tenant_scope(tenant_a):
        assert stored(item).state == "previewed"
