"""`make run`: one process that holds the web server and the worker, and takes both down with it."""

from __future__ import annotations

import contextlib
import ctypes
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, NoReturn

ROOT = Path(__file__).resolve().parent.parent
PAUSE = 0.05  # seconds between two looks at the children
PATIENCE = 8  # seconds that a child has between SIGTERM and SIGKILL
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PR_SET_PDEATHSIG = 1  # prctl(2)


def free_port(wanted: int) -> int:
    """`wanted`, or the next port that nobody listens on."""
    for port in [*range(wanted, wanted + 50), 0]:
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return int(probe.getsockname()[1])
    raise OSError("no free port")


def die_with_parent() -> None:
    """In a child: end when the supervisor is killed hard (Linux; elsewhere Ctrl-C and SIGTERM still stop all)."""
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Child(NamedTuple):
    """What to run and under which environment; `name` is for the messages."""

    name: str
    arguments: tuple[str, ...]
    environment: tuple[tuple[str, str], ...] = ()

    def start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603 (our own interpreter, no shell)
            [sys.executable, *self.arguments],
            cwd=ROOT,
            env={**os.environ, **dict(self.environment)},
            stdin=subprocess.PIPE,  # closed by `release`; a child may wait for that
            start_new_session=True,  # Ctrl-C is for the supervisor, which ends the children in good order
            preexec_fn=die_with_parent,
        )


class Supervisor:
    """Runs the children until SIGINT, SIGTERM or SIGHUP, which raise KeyboardInterrupt; one that dies starts again."""

    def __init__(self, say: Callable[[str], object]) -> None:
        self.say = say
        self.running: dict[Child, subprocess.Popen[bytes]] = {}
        for sign in SIGNALS:
            signal.signal(sign, signal.default_int_handler)

    def start(self, child: Child) -> None:
        self.running[child] = child.start()

    def release(self) -> None:
        """Tell the children that what they serve is ready."""
        for process in self.running.values():
            if process.stdin:
                process.stdin.close()

    def wait_until_served(self, port: int, path: str, *, timeout: float = 60) -> bool:
        """Whether the web server answered `path` in time, with whatever status."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError, http.client.HTTPException):
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
                connection.request("GET", path, headers={"Host": "localhost"})
                connection.getresponse().read()
                return True
            self._replace_the_dead()
            time.sleep(PAUSE)
        return False

    def run(self) -> NoReturn:
        while True:
            self._replace_the_dead()
            time.sleep(PAUSE)

    def stop(self) -> None:
        """End the children in good order, then without asking; another Ctrl-C does not get in between."""
        for sign in SIGNALS:
            signal.signal(sign, signal.SIG_IGN)
        self.release()
        for process in self.running.values():
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
        deadline = time.monotonic() + PATIENCE
        for process in self.running.values():
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _replace_the_dead(self) -> None:
        for child, process in list(self.running.items()):
            if process.poll() is not None:
                self.say(f"{child.name} ended with {process.returncode}; starting it again")
                time.sleep(1)
                self.start(child)
                self.release()
