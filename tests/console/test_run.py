"""`make run`, as a person starts and stops it: from an empty folder to a served page, and nothing left afterwards."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from console.run import free_port

ROOT = Path(__file__).resolve().parents[2]


def test_a_port_that_is_taken_is_passed_over():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert free_port(port) > port


class Console:
    """A running console in a folder of its own."""

    def __init__(self, var: Path, port: int = 0) -> None:
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("DATABASE_", "DJANGO_"))}
        self.var, self.lines = var, []
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "serve_console", "--port", str(port or free_port(18000))],
            cwd=ROOT, env={**environment, "VAR_DIR": str(var), "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
        )  # fmt: skip
        for line in self.process.stdout:
            self.lines.append(line)
            if found := re.search(r"http://localhost:(\d+)/", line):
                self.port = int(found[1])
                return
        self.close()
        raise AssertionError("".join(self.lines))

    def close(self) -> None:
        self.process.kill()
        self.process.communicate()

    def get(self, path: str) -> int:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)) as connection:
            connection.request("GET", path, headers={"Host": "localhost"})
            return connection.getresponse().status

    def children(self) -> dict[str, int]:
        """Process ids by what they are: web, worker, keeper, postgres."""
        marks = {"web": "console.gunicorn", "worker": "manage.py worker", "keeper": "embedded.keeper"}
        found: dict[str, int] = {}
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                variables = (entry / "environ").read_bytes().decode()
                if os.readlink(entry / "cwd") == str(self.var / "postgres"):
                    found["postgres"] = int(entry.name)
            except OSError:
                continue
            if f"VAR_DIR={self.var}\0" in variables:
                for name, mark in marks.items():
                    if mark in command:
                        found[name] = min(int(entry.name), found.get(name, 1 << 30))
        return found

    def wait(self, condition, seconds: float = 120) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, (self.children(), self.lines)
            time.sleep(0.05)


@pytest.fixture
def start():
    with ExitStack() as stack:

        def start_console(*arguments, **options) -> Console:
            console = Console(*arguments, **options)
            stack.callback(console.close)
            return console

        yield start_console


@pytest.mark.drill
@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks for left processes under /proc")
def test_it_serves_survives_kills_and_leaves_nothing(start, tmp_path):
    var = tmp_path / "a clone" / "var"
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        console = start(var, port=taken.getsockname()[1])
        assert console.port != taken.getsockname()[1]
    assert (console.get("/readyz"), console.get("/accounts/login/")) == (200, 200)
    console.wait(lambda: set(console.children()) == {"web", "worker", "keeper", "postgres"})
    before = console.children()

    for name in ("web", "worker", "postgres"):  # each one killed hard comes back
        os.kill(before[name] if name != "postgres" else postmaster(var), signal.SIGKILL)
    console.wait(lambda: {"web", "worker"} <= set(console.children()) and console.children()["web"] != before["web"])
    console.wait(lambda: answers(console, "/readyz") == 200)

    console.process.send_signal(signal.SIGINT)
    assert console.process.wait(30) == 0, console.process.stdout.read()
    assert console.children() == {}

    began = time.monotonic()
    console = start(var)
    print(f"second start: {time.monotonic() - began:.1f} s")
    assert console.get("/readyz") == 200
    console.process.kill()  # not even its supervisor's death leaves anything
    console.wait(lambda: console.children() == {})


def postmaster(var: Path) -> int:
    return int((var / "postgres" / "postmaster.pid").read_text().split()[0])


def answers(console: Console, path: str) -> int | None:
    try:
        return console.get(path)
    except (OSError, http.client.HTTPException):
        return None
