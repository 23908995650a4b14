"""SIGKILL of database, web server and worker of a running console, at a moment drawn at random, amid an import.

From the upload on a person only presses what the page offers. Whenever the database answers it holds the old state or
the new one (strict), or whole chunks with their history and their place (partial); in the end everybody is there once.
"""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest

from console.demo import PASSWORD
from console.embedded.server import EmbeddedServer
from tests.console.test_run import Console, postmaster

from .person import IMPORTS, Person

pytestmark = [
    pytest.mark.drill,
    pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="finds the processes under /proc"),
]
ROWS = 25_000
STATE = """
SELECT (SELECT count(*) FROM tenancy_usertenantmembership WHERE external_id LIKE %(tag)s),
    (SELECT count(*) FROM console_historicalusertenantmembership WHERE external_id LIKE %(tag)s),
    (SELECT count(*) FROM accounts_user WHERE email LIKE %(tag)s),
    coalesce((applied->>'new')::int, 0), state, file, file_size
FROM members_memberimport WHERE id = %(id)s
"""


class Seen(NamedTuple):
    members: int
    history: int
    accounts: int
    counted: int
    state: str
    file: str
    size: int


class Watch:
    """Looks at the database from beside, as its superuser, and draws the moment of the kill."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.server = EmbeddedServer(console.var / "postgres")

    def rows(self, sql: str, values: dict[str, object]) -> list[tuple]:
        with psycopg.connect(self.server.url(name="console"), connect_timeout=5) as connection:
            return connection.execute(sql, values).fetchall()

    def kill(self, victim: str) -> None:
        number = postmaster(self.console.var) if victim == "postgres" else self.console.children()[victim]
        os.kill(number, signal.SIGKILL)


@pytest.fixture(scope="module")
def console(tmp_path_factory):
    running = Console(tmp_path_factory.mktemp("crashes") / "var")
    reader = threading.Thread(target=lambda: [None for _line in running.process.stdout])  # a full pipe would stop it
    reader.start()
    yield running
    running.process.send_signal(signal.SIGINT)
    try:
        running.process.wait(30)
    finally:
        running.process.kill()
        running.process.wait()
        reader.join()
        running.process.stdout.close()


@pytest.mark.parametrize(
    ("victim", "strict", "within"),
    [("postgres", False, 6), ("postgres", True, 6), ("web", False, 3), ("worker", False, 6), ("worker", True, 6)],
)
def test_whatever_is_killed_the_import_ends_whole(console, victim, strict, within):
    console.wait(lambda: {"web", "worker"} <= set(console.children()))  # the worker comes after the demo data
    watch, person = Watch(console), Person(console.port)
    person.sign_in("onboarding@demo.test", PASSWORD)
    ((tenant,),) = watch.rows("SELECT id::text FROM tenancy_tenant WHERE slug = 'contoso'", {})
    tag = f"{victim}{strict}".lower()
    content = "email,name,external id\n" + "".join(f"{tag}{n}@x.test,P {n},{tag}{n}\n" for n in range(ROWS))
    moment = random.uniform(0, within)
    print(f"SIGKILL of {victim} {moment:.2f} s after the upload began")
    killer = threading.Timer(moment, watch.kill, [victim])
    killer.start()
    key = uploaded(watch, person, tenant, content.encode(), tag)
    until = time.monotonic() + 240
    while not person.go_on(key, strict=strict):
        assert time.monotonic() < until, seen(watch, key, tag)
        found = seen(watch, key, tag)
        if found is None:
            continue
        assert found.members == found.history == found.counted, found
        assert (console.var / "media" / found.file).stat().st_size == found.size == len(content)
        if strict:
            assert found.members in (0, ROWS)
    killer.join()
    time.sleep(1)
    person.get(IMPORTS)  # a kill after the end leaves it at that
    console.wait(lambda: seen(watch, key, tag) is not None)
    assert seen(watch, key, tag)[:5] == (ROWS, ROWS, ROWS, ROWS, "done")
    assert watch.rows("SELECT count(*) FROM staging.landing", {}) == [(0,)]


def seen(watch: Watch, key: str, tag: str) -> Seen | None:
    """The state of the database in one statement; None while it is being started anew."""
    try:
        return Seen(*watch.rows(STATE, {"id": key, "tag": f"{tag}%"})[0])
    except psycopg.OperationalError:
        return None


def uploaded(watch: Watch, person: Person, tenant: str, content: bytes, tag: str) -> str:
    """Upload, once more where a kill came in between and nothing was kept; the key of the import."""
    newest = "SELECT id::text FROM members_memberimport WHERE file_size = %(size)s AND id <> ALL(%(old)s)"
    old = [row[0] for row in watch.rows("SELECT id FROM members_memberimport", {})]
    while True:
        person.upload(tenant, content)
        try:
            if found := watch.rows(newest, {"size": len(content), "old": old}):
                return str(found[0][0])
        except psycopg.OperationalError:
            time.sleep(0.3)
