"""What SIGKILL from outside does to the embedded server: nothing that was committed is lost."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import threading
import time
from pathlib import Path

import psycopg
import pytest

from console.embedded.account import server_account
from console.embedded.locks import FileLock
from console.embedded.paths import beside, claim_socket_folder
from console.embedded.postmaster import PORT, answers, server_processes
from console.embedded.server import EmbeddedServer

from .conftest import postmaster_pid, spawn_user
from .test_server import rows, wait_for, write

pytestmark = pytest.mark.drill


def write_until_killed(server: EmbeddedServer, committed: list[int]) -> None:
    with contextlib.suppress(psycopg.Error), psycopg.connect(server.url(), autocommit=True) as connection:
        while True:
            connection.execute("INSERT INTO kept VALUES (%s)", [len(committed) + 1])
            committed.append(len(committed) + 1)


def test_a_killed_server_comes_back_by_itself_with_every_committed_row(start_server):
    server, committed = start_server(), []
    write(server)
    writer = threading.Thread(target=write_until_killed, args=(server, committed))
    writer.start()
    moment = random.uniform(0.2, 1.0)
    print(f"SIGKILL after {moment:.3f} s")
    time.sleep(moment)
    killed = postmaster_pid(server)
    os.kill(killed, signal.SIGKILL)
    writer.join()
    assert committed
    wait_for(lambda: answers(Path(server.host)) and postmaster_pid(server) != killed)
    kept = [n for (n,) in rows(server)]
    # The row in flight may have been committed without the writer having heard of it.
    assert kept in (committed, [*committed, len(committed) + 1])


def test_killed_server_and_keeper_leave_a_folder_from_which_the_next_start_recovers(start_server):
    server = start_server()
    write(server, 1, 2, 3)
    keeper = int(beside(server.data, "keeper").read_text())
    with psycopg.connect(server.url(), autocommit=True):  # a backend that outlives its server, for a moment
        os.kill(keeper, signal.SIGKILL)
        os.kill(postmaster_pid(server), signal.SIGKILL)
        assert (server.data / "postmaster.pid").exists()
        server.ensure()
    assert rows(server) == [(1,), (2,), (3,)]


def test_a_server_whose_keeper_was_killed_is_taken_over_and_does_not_stay_for_ever(start_server):
    server = start_server()
    write(server, 7)
    orphan = postmaster_pid(server)
    os.kill(int(beside(server.data, "keeper").read_text()), signal.SIGKILL)
    wait_for(lambda: not FileLock(beside(server.data, "keeper")).is_held)
    server.ensure()
    assert postmaster_pid(server) != orphan
    assert rows(server) == [(7,)]
    assert server.stop()
    assert list(server_processes(server.data)) == []


def test_a_process_id_that_somebody_else_has_now_does_not_block_the_start(start_server):
    server = start_server()
    write(server, 1)
    sockets = Path(server.host)
    locks = {server.data / "postmaster.pid": "", sockets / f".s.PGSQL.{PORT}.lock": ""}
    for lock in locks:
        locks[lock] = lock.read_text()
    server.stop()
    account = server_account(server.data)
    claim_socket_folder(sockets, account)
    # The server's own account: a process of anybody else's, PostgreSQL itself knows to be no server of this folder.
    with subprocess.Popen(["/bin/sleep", "60"], **account.process_options()) as somebody:
        try:
            for lock, text in locks.items():
                lock.write_text("\n".join([str(somebody.pid), *text.splitlines()[1:]]) + "\n")
            server.ensure()
            assert rows(server) == [(1,)]
            assert somebody.poll() is None
        finally:
            somebody.kill()


def test_the_last_user_killed_hard_still_ends_the_server(tmp_path):
    data = tmp_path / "var" / "postgres"
    user = spawn_user(data)
    postmaster = int(user.stdout.readline())
    user.kill()
    user.communicate()
    wait_for(lambda: not FileLock(beside(data, "keeper")).is_held)
    assert not Path(f"/proc/{postmaster}").exists()
    assert list(server_processes(data)) == []


def test_a_kill_during_the_first_start_leaves_no_half_made_folder(tmp_path):
    data = tmp_path / "var" / "postgres"
    victim = spawn_user(data)
    wait_for(lambda: beside(data, "new").exists())
    moment = random.uniform(0, 0.4)
    print(f"SIGKILL {moment:.3f} s into initdb")
    time.sleep(moment)
    victim.kill()
    victim.communicate()
    server = EmbeddedServer(data, linger=0.2)
    server.ensure()
    assert rows(server, "SELECT 1") == [(1,)]
    assert not beside(data, "new").exists()
    server.stop()


def test_a_folder_removed_under_a_running_server_can_be_made_afresh_at_once(start_server):
    server = start_server()
    write(server, 1)
    old = postmaster_pid(server)
    while server.data.exists():  # the dying server may remove a file of its own first
        shutil.rmtree(server.data.parent, ignore_errors=True)
    afresh = EmbeddedServer(server.data, linger=0.2)
    afresh.ensure()
    assert rows(afresh, "SELECT count(*) FROM pg_class WHERE relname = 'kept'") == [(0,)]
    wait_for(lambda: not Path(f"/proc/{old}").exists())
    time.sleep(0.5)  # the old keeper has ended too, and took nothing of the new server with it
    assert rows(afresh, "SELECT 1") == [(1,)]
