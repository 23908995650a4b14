"""Creates the data folder all or nothing: `initdb` works in a side folder, a rename makes it the real one."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .account import Account
from .binaries import Binaries
from .exceptions import EmbeddedError
from .locks import FileLock
from .paths import beside

SUPERUSER = "postgres"
# Neither ICU nor the machine's locale: text sorts the same wherever the project runs.
LOCALE = {"18": ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"], "16": ["--locale=C"]}
ELSEWHERE = ["--locale=C.UTF-8"]


@contextmanager
def reachable(folder: Path, account: Account) -> Iterator[tuple[str, tuple[int, ...]]]:
    """A name of `folder` that the account can open, and the descriptors that its process must inherit for it.

    Root's folders are often closed to others (/root, mktemp -d). An open descriptor is a way in that needs no
    permission on the folders above; on systems without /proc the plain path has to do.
    """
    if not account.is_other or not Path("/proc/self/fd").is_dir():
        yield str(folder), ()
        return
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{fd}", (fd,)
    finally:
        os.close(fd)


def cluster_version(data: Path) -> str | None:
    """The major version of the server that made the data folder; None if there is none yet."""
    with contextlib.suppress(FileNotFoundError):
        return (data / "PG_VERSION").read_text().strip()
    return None


def create_cluster(binaries: Binaries, data: Path, account: Account, lock: FileLock, *, durable: bool = True) -> None:
    """Make the data folder, with one superuser and trust on the private socket.

    `lock` is held by the caller, and shared with `initdb`: should the caller be killed, the next attempt gets the
    lock only when that orphan, which still writes into the side folder, has ended too.
    """
    side = beside(data, "new")
    shutil.rmtree(side, ignore_errors=True)  # what a killed attempt left
    side.mkdir(mode=0o700, parents=True)
    if account.is_other:
        os.chown(side, account.uid, account.gid)
    with reachable(side, account) as (name, descriptors):
        options = ["--username", SUPERUSER, "--auth=trust", "--encoding=UTF8", *LOCALE.get(binaries.version, ELSEWHERE)]
        done = subprocess.run(  # noqa: S603 (a fixed program, no shell)
            [binaries.program("initdb"), "-D", name, *options, *([] if durable else ["--no-sync"])],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            pass_fds=(*descriptors, lock.fileno()),
            **account.process_options(),
        )
    if done.returncode:
        shutil.rmtree(side, ignore_errors=True)
        raise EmbeddedError(f"initdb failed for {data}:\n{done.stderr.strip() or done.stdout.strip()}")
    if data.is_dir() and not any(data.iterdir()):
        data.rmdir()
    try:
        side.rename(data)
    except OSError as error:
        raise EmbeddedError(f"{data} exists and is not a PostgreSQL data folder; move it away.") from error
