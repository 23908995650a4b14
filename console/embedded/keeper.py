"""The small daemon between the users of the embedded server and the server: it restarts and, in the end, stops it.

`python -m console.embedded.keeper DATA [--version 18] [--linger 3] [--throwaway]`. It leaves the terminal, so that
Ctrl-C reaches the application first; it ends by itself when nobody holds the users' lock any more, which the kernel
releases even for a user killed with -9. SIGTERM ends it at once.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from .account import Account, server_account
from .binaries import Binaries, find_binaries, readable_by
from .locks import FileLock
from .paths import beside, claim_socket_folder, socket_folder
from .postmaster import answers, clean_up, launch, stop

PAUSE = 0.1  # seconds between two looks
FAILURES = 5  # starts in a row that never answered, before giving up
LOG_LIMIT = 10_000_000  # bytes; an older log is moved aside once


class Keeper:
    """Keeps one server running while somebody uses it."""

    def __init__(self, data: Path, binaries: Binaries, *, linger: float, throwaway: bool) -> None:
        self.data, self.binaries, self.linger, self.throwaway = data, binaries, linger, throwaway
        self.account: Account = server_account(data)
        self.sockets = socket_folder(data, self.account)
        self.users = FileLock(beside(data, "users"))
        self.stopping = False
        self.process: subprocess.Popen[bytes] | None = None

    def run(self, lock: FileLock, log: int) -> int:
        """Serve until unused, told to stop, unable, or without a folder; returns the exit code."""
        failures, unused_since = 0, time.monotonic()
        while not self.stopping and lock.in_place:
            if self.process is None:
                failures += 1
                if failures > FAILURES:
                    break
                clean_up(self.data, self.sockets)
                claim_socket_folder(self.sockets, self.account)
                self.process = launch(
                    self.binaries, self.data, self.sockets, self.account, log, durable=not self.throwaway
                )
            elif (code := self.process.poll()) is not None:
                if code == 0:  # somebody stopped it on purpose
                    break
                time.sleep(PAUSE * failures)
                self.process = None
            elif failures and answers(self.sockets):
                failures = 0
            if not self.users.acquire():
                unused_since = time.monotonic()
            elif time.monotonic() - unused_since > self.linger:
                break  # the lock stays with us until the process ends: newcomers wait, then start afresh
            else:
                self.users.release()
            time.sleep(PAUSE)
        self.stop()
        return 1 if failures > FAILURES else 0

    def stop(self) -> None:
        if process := self.process:
            stop(lambda: process.poll() is None, process.send_signal)
        with contextlib.suppress(OSError):  # not empty: another server has it by now
            self.sockets.rmdir()
        if self.throwaway:
            shutil.rmtree(self.data.parent, ignore_errors=True)

    def ask_to_stop(self, *_: object) -> None:
        self.stopping = True


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="console.embedded.keeper", description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--version", default="18")
    parser.add_argument("--linger", type=float, default=3.0, help="seconds to wait for another user")
    parser.add_argument("--throwaway", action="store_true", help="no fsync; remove the folder at the end")
    options = parser.parse_args(arguments)
    lock = FileLock(beside(options.data, "keeper"))
    if not lock.acquire():
        return 0  # another one is at work
    log_path = beside(options.data, "log")
    if log_path.exists() and log_path.stat().st_size > LOG_LIMIT:
        log_path.replace(beside(options.data, "log.1"))
    log = os.open(log_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    if os.fork():
        os._exit(0)  # the lock lives on in the child
    os.setsid()
    null = os.open(os.devnull, os.O_RDONLY)
    for target, source in ((0, null), (1, log), (2, log)):
        os.dup2(source, target)
    lock.write(str(os.getpid()))
    binaries = readable_by(find_binaries(options.version), server_account(options.data))
    keeper = Keeper(options.data, binaries, linger=options.linger, throwaway=options.throwaway)
    signal.signal(signal.SIGTERM, keeper.ask_to_stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return keeper.run(lock, log)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
