"""File locks that the kernel releases however their holder ends, kill -9 included."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from pathlib import Path
from types import TracebackType

from .exceptions import EmbeddedError


class FileLock:
    """flock(2) on a file of its own; forked children share what their parent holds."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd: int | None = None

    def acquire(self, *, shared: bool = False, timeout: float = 0) -> bool:
        """Take the lock within `timeout` seconds; False if somebody else keeps it."""
        deadline = time.monotonic() + timeout
        fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        while True:
            try:
                fcntl.flock(fd, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    os.close(fd)
                    return False
                time.sleep(0.01)
            else:
                self._fd = fd
                return True

    def release(self) -> None:
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def fileno(self) -> int:
        """The descriptor of the lock that we hold: a process that inherits it keeps the lock until it ends."""
        if self._fd is None:
            raise EmbeddedError(f"{self.path} is not locked by this process.")
        return self._fd

    @property
    def is_held(self) -> bool:
        """Whether anybody, this process included, holds it exclusively or shared."""
        other = FileLock(self.path)
        with contextlib.suppress(FileNotFoundError):  # a throwaway server's folder goes with it
            taken = other.acquire()
            other.release()
            return not taken
        return False

    @property
    def in_place(self) -> bool:
        """Whether the file that we hold is still the one at its path: somebody may have removed the folder."""
        try:
            return self._fd is not None and os.path.samestat(os.stat(self.path), os.fstat(self._fd))
        except FileNotFoundError:
            return False

    def write(self, text: str) -> None:
        """Leave a word for those who find the lock taken (such as the holder's process id)."""
        if self._fd is not None:
            os.ftruncate(self._fd, 0)
            os.pwrite(self._fd, text.encode(), 0)

    def __enter__(self) -> FileLock:
        if not self.acquire(timeout=120):
            raise EmbeddedError(f"Another process has held {self.path} for two minutes; see who with `fuser`.")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.release()
