"""Large imports are written in two halves at the same time, over two connections."""

from __future__ import annotations

import threading

import pytest
from django.db import OperationalError, connection, transaction

from console.members import flow, merge
from console.members.lanes import Lanes
from console.members.models import MemberImport
from tenancy import system_scope, tenant_scope
from tests.factories import make_membership, make_tenant, make_user

from .helpers import HEAD, history, members, previewed

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = [f"p{number}@lanes.test" for number in range(8)]
FILE = HEAD + "".join(f"{address},P,,,,\n" for address in PEOPLE)


@pytest.fixture
def item(kept_files, monkeypatch):
    monkeypatch.setattr(merge, "SIDE_BY_SIDE", 4)
    monkeypatch.setattr(merge, "CHUNK", 2)
    tenant = make_tenant("lanes")
    found = previewed(tenant, FILE)
    with tenant_scope(tenant):
        flow.confirm(found, by=None)
    return found


@pytest.fixture
def around(monkeypatch):
    """Calls a function with each chunk after it is written, in the transaction and the thread that wrote it."""
    wrote = merge.write_chunk

    def patch(function):
        def write_chunk(item, target, chunk, work):
            found = wrote(item, target, chunk, work)
            function(chunk)
            return found

        monkeypatch.setattr(merge, "write_chunk", write_chunk)

    return patch


def run(item):
    with tenant_scope(item.tenant_id):
        flow.run(stored(item))


def stored(item):
    with tenant_scope(item.tenant_id):
        return MemberImport.objects.select_related("tenant").get(pk=item.pk)


def elsewhere(function):
    """What `function` raises in a thread, and so over a connection, of its own; None if nothing."""
    raised = []

    def call():
        try:
            with system_scope(reason="test"):
                function()
        except Exception as error:  # noqa: BLE001  # the caller looks at it
            raised.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=call)
    thread.start()
    thread.join(60)
    return raised[0] if raised else None


def test_both_halves_are_written_over_connections_of_their_own(item, around):
    used = set()
    around(lambda chunk: used.add((chunk.place, connection.connection.info.backend_pid)))
    run(item)
    assert sorted(place for place, _pid in used) == [0, 1]
    assert len({pid for _place, pid in used}) == 2
    done = stored(item)
    assert (done.state, done.applied) == ("done", {"new": 8, "changed": 0, "conflicts": 0})
    assert members(item.tenant) == set(PEOPLE)
    assert all(history(item.tenant, address) == [("+", "import #1")] for address in PEOPLE)


def test_small_imports_take_one_connection(item, around, monkeypatch):
    monkeypatch.setattr(merge, "SIDE_BY_SIDE", 9)
    used = set()
    around(lambda chunk: used.add(connection.connection.info.backend_pid))
    run(item)
    assert used == {connection.connection.info.backend_pid}
    assert members(item.tenant) == set(PEOPLE)


def test_what_one_half_wrote_stands_when_the_other_fails_and_the_import_goes_on_from_there(item, around):
    broken = []

    def fail(chunk):
        if chunk.place == 1 and not broken:
            broken.append(chunk)
            raise RuntimeError("lost")

    around(fail)
    with pytest.raises(RuntimeError, match="lost"):
        run(item)
    left = stored(item)
    assert (left.state, left.applied["new"]) == ("running", 2)
    assert members(item.tenant) == set(PEOPLE[:2])
    run(item)
    assert stored(item).applied["new"] == 8
    assert all(history(item.tenant, address) == [("+", "import #1")] for address in PEOPLE)


def test_ownership_is_taken_away_after_both_halves_even_when_nothing_else_is_to_be_done(kept_files, monkeypatch):
    monkeypatch.setattr(merge, "SIDE_BY_SIDE", 2)
    tenant = make_tenant("owners")
    for number in range(3):
        make_membership(tenant, make_user(f"o{number}@lanes.test"), role="owner")
    found = previewed(tenant, HEAD + "".join(f"o{number}@lanes.test,,member,,,\n" for number in range(2)))
    with tenant_scope(tenant):
        flow.confirm(found, by=None)
    run(found)
    assert stored(found).applied == {"new": 0, "changed": 2, "conflicts": 0}


def test_nobody_moves_the_import_on_while_a_half_is_being_written(item, around):
    refused = []

    def lock():
        with transaction.atomic():
            MemberImport.objects.select_for_update(nowait=True).get(pk=item.pk)

    def look(chunk):
        refused.append(elsewhere(lock))

    around(look)
    run(item)
    assert len(refused) == 4
    assert all(isinstance(error, OperationalError) for error in refused)


def test_halves_that_find_the_import_stopped_leave_nothing_behind(item, around):
    around(lambda chunk: elsewhere(lambda: MemberImport.objects.filter(pk=item.pk).update(state="stopped")))
    run(item)
    assert (stored(item).state, stored(item).applied) == ("stopped", {})
    assert members(item.tenant) == set()


def test_two_that_block_each_other_are_written_one_after_the_other():
    both, tries, written = threading.Barrier(2), [], []

    def write(own):
        tries.append(own)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [own])
            if len(tries) <= 2:
                both.wait(20)
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [3 - own])
            written.append(own)

    with system_scope(reason="test"), Lanes() as lanes:
        lanes.each(write, [1, 2])
    assert sorted(written) == [1, 2]
    assert len(tries) == 3


def test_another_error_reaches_the_caller_after_both_have_ended():
    ended = []

    def write(number):
        if number == 1:
            raise ValueError("first")
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.2)")
        ended.append(number)

    with system_scope(reason="test"), Lanes() as lanes, pytest.raises(ValueError, match="first"):
        lanes.each(write, [1, 2])
    assert ended == [2]
