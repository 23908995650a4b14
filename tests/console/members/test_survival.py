"""SIGKILL of the worker, loss of its connection and of the unlogged rows: the old or the new state, and a way on."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from console.members import flow
from console.members.models import MemberImport
from tenancy import system_scope, tenant_scope
from tests.factories import make_tenant

from .helpers import HEAD, previewed

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]
ROWS = 3_000


@pytest.fixture
def item_and_worker(kept_files, request):
    tenant = make_tenant("drilled")
    people = "".join(f"p{number}@x.test,P {number},,,{number},\n" for number in range(ROWS))
    item = previewed(tenant, HEAD + people, strict=getattr(request, "param", False))
    with tenant_scope(tenant):
        flow.confirm(item, by=None)
    arguments = [connection.settings_dict["NAME"], str(kept_files), str(item.pk), str(tenant.pk)]
    worker = subprocess.Popen(
        [sys.executable, "-m", "tests.console.members.victim", *arguments],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).resolve().parents[3],
    )
    assert worker.stdout.readline() == "ready\n"
    yield item, worker
    worker.kill()
    worker.wait()
    worker.stdout.close()


STATE = """
SELECT (SELECT count(*) FROM tenancy_usertenantmembership WHERE tenant_id = i.tenant_id),
    (SELECT count(*) FROM console_historicalusertenantmembership WHERE tenant_id = i.tenant_id),
    coalesce((i.applied->>'new')::int, 0), i.state
FROM members_memberimport i WHERE i.id = %s
"""


def state(item):
    """(members, their history rows, rows counted on the import, its state), as one statement sees them."""
    with system_scope(reason="test"), connection.cursor() as cursor:
        cursor.execute(STATE, [item.pk])
        return cursor.fetchone()


def kill(worker):
    """SIGKILL, and wait until the server has noticed: a COMMIT that it had received by then is still carried out."""
    worker.kill()
    worker.wait()
    until = time.monotonic() + 60
    while other_sessions() and time.monotonic() < until:
        time.sleep(0.02)
    assert not other_sessions()


def other_sessions():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = session_user "
            "AND pid <> pg_backend_pid()"
        )
        return cursor.fetchone()[0]


def wait_for_rows(item, wanted):
    until = time.monotonic() + 60
    while state(item)[0] < wanted and time.monotonic() < until:
        time.sleep(0.02)


def login():
    told = connection.get_connection_params()
    return {name: told[name] for name in ("host", "port", "user", "password", "dbname") if told.get(name)}


def go_on(item):
    with tenant_scope(item.tenant_id):
        flow.run(MemberImport.objects.select_related("tenant").get(pk=item.pk))


def test_a_killed_worker_leaves_whole_chunks_and_the_import_goes_on(item_and_worker):
    item, worker = item_and_worker
    moment = random.randrange(1, ROWS // 2)
    print(f"killed after {moment} rows")
    wait_for_rows(item, moment)
    kill(worker)
    members, history, counted, stored = state(item)
    assert members == history == counted
    assert 0 < members <= ROWS
    assert members % 100 == 0
    assert stored in ("running", "done")
    if stored == "running":
        go_on(item)
    assert state(item) == (ROWS, ROWS, ROWS, "done")


@pytest.mark.parametrize("item_and_worker", [True], indirect=True)
def test_a_killed_strict_import_leaves_the_old_state_or_the_new_one(item_and_worker):
    item, worker = item_and_worker
    pause = random.uniform(0.0, 1.5)
    print(f"killed after {pause:.3f} s")
    time.sleep(pause)
    kill(worker)
    stored = state(item)
    assert stored in [(0, 0, 0, "running"), (ROWS, ROWS, ROWS, "running"), (ROWS, ROWS, ROWS, "done")]
    if stored[3] == "running":
        go_on(item)
    assert state(item)[:2] == (ROWS, ROWS)
    assert state(item)[3] == "done"


def test_a_lost_connection_and_lost_staged_rows_are_made_good_from_the_kept_file(item_and_worker):
    item, worker = item_and_worker
    wait_for_rows(item, 100)
    with psycopg.connect(**login(), autocommit=True) as plain:  # the login itself: only it may end its sessions
        own = [connection.connection.info.backend_pid, plain.info.backend_pid]
        plain.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND usename = session_user AND NOT pid = ANY(%s)",
            [own],
        )
    assert worker.wait(60) is not None
    members, history, _, stored = state(item)
    assert members == history
    with system_scope(reason="test"), connection.cursor() as cursor:  # recovery empties unlogged tables
        cursor.execute("DELETE FROM staging.import_row WHERE import_id = %s", [item.pk])
    if stored != "done":
        go_on(item)
    assert state(item)[:2] == (ROWS, ROWS)
    assert state(item)[3] == "done"
