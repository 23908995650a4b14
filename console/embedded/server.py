"""Finds the embedded server or starts it; any number of processes may call it at once."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from .account import server_account
from .binaries import DEFAULT_VERSION, find_binaries, readable_by
from .cluster import SUPERUSER, cluster_version, create_cluster
from .exceptions import EmbeddedError
from .locks import FileLock
from .paths import beside, socket_folder
from .postmaster import PORT, answers, clean_up

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 60.0  # seconds for a start, crash recovery included
_in_use: dict[Path, FileLock] = {}  # this process counts as one user of each server, until it ends


class EmbeddedServer:
    """The server whose data is in the folder `data`; its neighbours are the locks and the log."""

    def __init__(
        self, data: Path, *, version: str = DEFAULT_VERSION, linger: float = 3.0, throwaway: bool = False
    ) -> None:
        self.data = Path(os.path.abspath(data))
        self.version, self.linger, self.throwaway = version, linger, throwaway

    @property
    def host(self) -> str:
        """What a client takes for its host: the folder of the socket."""
        return str(socket_folder(self.data, server_account(self.data)))

    def settings(self, *, user: str = SUPERUSER, name: str = "postgres") -> dict[str, str]:
        """The connection as Django's DATABASES spells it; there is no password, the folder is private."""
        return {"NAME": name, "USER": user, "PASSWORD": "", "HOST": self.host, "PORT": str(PORT)}

    def url(self, *, user: str = SUPERUSER, name: str = "postgres") -> str:
        """The same as a URL that libpq and DATABASE_URL understand."""
        return f"postgres://{user}@{self.host.replace('/', '%2F')}:{PORT}/{quote(name)}"

    def ensure(self, prepare: Callable[[EmbeddedServer], None] | None = None, *, recipe: str = "") -> None:
        """Return when the server answers; it then runs at least until this process ends.

        `prepare` runs once per data folder and `recipe` (say, a digest of the SQL it sends), inside the lock.
        Raises EmbeddedError with the end of the server's log when it cannot start.
        """
        self.data.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._enlist()
            with FileLock(beside(self.data, "lock")) as lock:
                self._find_or_start(lock)
                stamp = self.data / "toc.prepared"
                if prepare and (not stamp.exists() or stamp.read_text() != recipe):
                    prepare(self)
                    stamp.write_text(recipe)
        except PermissionError as error:
            raise EmbeddedError(
                f"{error.filename} belongs to another user: run as that user, change the owner of {self.data.parent}, "
                "or point VAR_DIR elsewhere."
            ) from error

    def stop(self) -> bool:
        """Leave the server, and stop it at once unless somebody else uses it; whether it is stopped."""
        if mine := _in_use.pop(self.data, None):
            mine.release()
        with FileLock(beside(self.data, "lock")):
            keeper, users = FileLock(beside(self.data, "keeper")), FileLock(beside(self.data, "users"))
            if not users.acquire(timeout=0.5):  # not at once: the keeper itself looks at this lock now and then
                return False
            users.release()
            with contextlib.suppress(ProcessLookupError, ValueError):
                if keeper.is_held:
                    os.kill(int(keeper.path.read_text()), signal.SIGTERM)
            return self._wait(lambda: not keeper.is_held)

    def _enlist(self) -> None:
        if self.data not in _in_use or not _in_use[self.data].in_place:
            users = FileLock(beside(self.data, "users"))
            if not users.acquire(shared=True, timeout=PATIENCE):
                raise EmbeddedError(f"The previous server in {self.data} does not stop; see {beside(self.data, 'log')}")
            _in_use[self.data] = users

    def _find_or_start(self, lock: FileLock) -> None:
        keeper, sockets = FileLock(beside(self.data, "keeper")), Path(self.host)

        def settled() -> bool:
            return answers(sockets) or not keeper.is_held

        if keeper.is_held and self._wait(settled) and answers(sockets):
            return
        self._start_keeper(lock)
        if not self._wait(settled) or not answers(sockets):
            log = beside(self.data, "log").read_text(errors="replace").splitlines()[-15:]
            raise EmbeddedError(f"The embedded PostgreSQL in {self.data} does not start:\n" + "\n".join(log))

    def _start_keeper(self, lock: FileLock) -> None:
        account = server_account(self.data)
        made_by = None if "/" in self.version else cluster_version(self.data)
        binaries = find_binaries(made_by or self.version)
        if not cluster_version(self.data):
            create_cluster(readable_by(binaries, account), self.data, account, lock, durable=not self.throwaway)
        # Before anybody asks whether it answers: an orphan would, and be stopped a moment later.
        clean_up(self.data, socket_folder(self.data, account))
        command = [sys.executable, "-m", "console.embedded.keeper", str(self.data), "--version", binaries.version]
        command += ["--linger", str(self.linger), *(["--throwaway"] if self.throwaway else [])]
        subprocess.run(command, cwd=ROOT, check=True, stdin=subprocess.DEVNULL)  # noqa: S603 (ourselves, no shell)

    def _wait(self, condition: Callable[[], bool]) -> bool:
        deadline = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.01)
        return True
