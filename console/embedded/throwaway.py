"""A server for one test run: no fsync, and gone with the run, even with one that was killed."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from pathlib import Path

from .account import server_account
from .binaries import DEFAULT_VERSION
from .locks import FileLock
from .paths import beside, socket_folder
from .postmaster import clean_up
from .server import EmbeddedServer

PREFIX = "toc-throwaway-"
STARTING = 600  # seconds after which a folder without a keeper is not being started but left over


def throwaway_server(*, version: str = DEFAULT_VERSION) -> EmbeddedServer:
    """A new server in a temporary folder; its keeper removes both when the last process that uses it ends."""
    sweep()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    return EmbeddedServer(folder / "postgres", version=version, linger=0.2, throwaway=True)


def sweep() -> list[Path]:
    """Remove our folders whose keeper was killed too, so that nobody was left to do it."""
    swept = []
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        data = folder / "postgres"
        if folder.stat().st_uid != os.geteuid():
            continue
        if not beside(data, "keeper").exists() and time.time() - folder.stat().st_mtime < STARTING:
            continue
        if not FileLock(beside(data, "keeper")).is_held and not FileLock(beside(data, "users")).is_held:
            sockets = socket_folder(data, server_account(data))
            clean_up(data, sockets)
            shutil.rmtree(sockets, ignore_errors=True)
            shutil.rmtree(folder, ignore_errors=True)
            swept.append(folder)
    return swept
