"""PostgreSQL refuses to run as root, so root lends the server an account that may do nothing else."""

from __future__ import annotations

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .exceptions import EmbeddedError

CANDIDATES = ("postgres", "nobody", "daemon")


@dataclass(frozen=True)
class Account:
    """The operating system's account under which the server runs."""

    uid: int
    gid: int

    @property
    def is_other(self) -> bool:
        return self.uid != os.geteuid()

    def process_options(self) -> dict[str, Any]:
        """Keyword arguments for `subprocess` that start a program under this account and with no secrets in sight."""
        environment = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
        options: dict[str, Any] = {"cwd": "/", "env": environment, "umask": 0o077}
        if self.is_other:
            options |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        return options

    def reaches(self, path: Path) -> bool:
        """Whether this account may read `path` and walk down to it (mode bits only: when in doubt, no)."""
        return _allows(path, self.uid, stat.S_IRUSR, stat.S_IROTH) and all(
            _allows(parent, self.uid, stat.S_IXUSR, stat.S_IXOTH) for parent in path.parents
        )


def _allows(path: Path, uid: int, as_owner: int, as_other: int) -> bool:
    status = path.stat()
    return bool(status.st_mode & (as_owner if status.st_uid == uid else as_other))


def server_account(data: Path) -> Account:
    """Who runs the server of that data folder: its owner if it exists, else this user, as root somebody harmless."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    if data.exists() and data.stat().st_uid != 0:
        return Account(data.stat().st_uid, data.stat().st_gid)
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Account(entry.pw_uid, entry.pw_gid)
    raise EmbeddedError(f"PostgreSQL does not run as root and none of the accounts {', '.join(CANDIDATES)} exists.")
