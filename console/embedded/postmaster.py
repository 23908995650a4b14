"""One server process: launching it, asking whether it answers, stopping it, and tidying up after a hard kill."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import struct
import subprocess
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from .account import Account
from .binaries import Binaries
from .cluster import SUPERUSER, reachable

PORT = 5432  # only part of the socket's name: the server listens on no network address
PROTOCOL_3 = 196608
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


def launch(
    binaries: Binaries, data: Path, sockets: Path, account: Account, log: int, *, durable: bool = True
) -> subprocess.Popen[bytes]:
    """Start the server; `log` is an open descriptor for what it says. Readiness is asked with `answers`."""
    settings = SETTINGS | {"unix_socket_directories": str(sockets)} | ({} if durable else NOT_DURABLE)
    with reachable(data, account) as (name, descriptors):
        return subprocess.Popen(  # noqa: S603 (a fixed program, no shell)
            [
                binaries.program("postgres"),
                *("-D", name, "-p", str(PORT)),
                *(part for key, value in settings.items() for part in ("-c", f"{key}={value}")),
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C in the terminal is not for the server
            pass_fds=descriptors,
            **account.process_options(),
        )


def answers(sockets: Path, *, timeout: float = 5) -> bool:
    """Whether a real start-up packet is answered with an authentication request, not merely a port open.

    Message format: PostgreSQL manual, "Message Formats", StartupMessage and AuthenticationOk.
    """
    words = b"".join(word.encode() + b"\0" for word in ("user", SUPERUSER, "database", "postgres")) + b"\0"
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as client:
        client.settimeout(timeout)
        client.connect(str(sockets / f".s.PGSQL.{PORT}"))
        client.sendall(struct.pack("!II", len(words) + 8, PROTOCOL_3) + words)
        return client.recv(1) == b"R"
    return False


def stop(is_running: Callable[[], bool], send: Callable[[int], None]) -> None:
    """Ask politely (fast shutdown), then firmly, then without asking; nothing committed is lost either way."""
    for sign, patience in ((signal.SIGINT, 20.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
        deadline = time.monotonic() + patience
        with contextlib.suppress(ProcessLookupError):
            send(sign)
        while is_running() and time.monotonic() < deadline:
            time.sleep(0.01)
        if not is_running():
            return


def server_processes(data: Path) -> Iterator[int]:
    """Process ids of servers and their backends that work in this data folder (each of them is its cwd)."""
    if Path("/proc/self/cwd").exists():
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                # A folder that was removed under a running server, and made again, is told apart by nobody but us.
                in_data = os.readlink(entry / "cwd").removesuffix(" (deleted)") == os.path.realpath(data)
                if in_data and (entry / "comm").read_text().strip() == "postgres":
                    yield int(entry.name)
        return
    with contextlib.suppress(OSError, ValueError, IndexError):
        pid = int((data / "postmaster.pid").read_text().splitlines()[0])
        command = [shutil.which("ps") or "ps", "-p", str(pid), "-o", "command="]
        if str(data) in subprocess.run(command, capture_output=True, text=True, check=False).stdout:  # noqa: S603
            yield pid


def clean_up(data: Path, sockets: Path) -> None:
    """Leave nothing of a server that nobody keeps: its processes, and lock files whose process id is still in use.

    PostgreSQL itself recovers from its log and frees its shared memory, but only when no backend of the dead
    server is left, and not while its process id exists: another process of this user may have got it, or nobody
    has reaped the dead server yet, which in a container may take for ever. Both lock files name that id.
    """
    while pids := list(server_processes(data)):
        stop(partial(_is_running, data, pids[0]), partial(os.kill, pids[0]))
    for leftover in (data / "postmaster.pid", sockets / f".s.PGSQL.{PORT}.lock"):
        leftover.unlink(missing_ok=True)


def _is_running(data: Path, pid: int) -> bool:
    return pid in server_processes(data)
