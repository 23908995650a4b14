"""Where the server's files are: the data folder's neighbours, and a socket folder short enough for the kernel."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
from pathlib import Path

from .account import Account
from .exceptions import EmbeddedError

# Not TMPDIR: two processes with different environments must find the same server, and 107 characters is all a
# socket's path may have.
SOCKETS = Path("/tmp")  # noqa: S108 (the folder's owner and mode are checked before it is used)


def beside(data: Path, suffix: str) -> Path:
    """A neighbour of the data folder, such as var/postgres.lock."""
    return data.with_name(f"{data.name}.{suffix}")


def socket_folder(data: Path, account: Account) -> Path:
    """The folder of the server's socket, named from the data folder's real path; not created here."""
    digest = hashlib.sha256(os.fsencode(os.path.realpath(data))).hexdigest()[:16]
    return SOCKETS / f"toc-{account.uid}-{digest}"


def claim_socket_folder(folder: Path, account: Account) -> None:
    """Create it with mode 0700 for the account, or refuse one that somebody else has put there."""
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        if account.is_other:
            os.chown(folder, account.uid, account.gid)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != account.uid or status.st_mode & 0o077:
        raise EmbeddedError(f"{folder} is not a private folder of ours (somebody made it first): remove it.")
