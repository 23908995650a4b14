"""Uploads that wait between the preview and the confirmation of an import: private, named by chance, short-lived."""

from __future__ import annotations

import os
import re
import time
import uuid
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from import_export.tmp_storages import BaseStorage

KEEP_SECONDS = 3600


class PreviewStorage(BaseStorage):
    """Keeps one upload in VAR_DIR. The confirm form's file name comes back from the browser: only ours is accepted."""

    def save(self, data: Any) -> None:
        forget_abandoned()
        self.name = uuid.uuid4().hex
        handle = os.open(self.path(), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(data if isinstance(data, bytes) else str(data).encode())

    def read(self) -> Any:
        content = self.path().read_bytes()
        return content if "b" in (self.read_mode or "") else content.decode(self.encoding or "utf-8")

    def remove(self) -> None:
        self.path().unlink(missing_ok=True)

    def path(self) -> Path:
        if not re.fullmatch(r"[0-9a-f]{32}", str(self.name)):
            raise SuspiciousFileOperation("The name of an import preview was tampered with.")
        return folder() / str(self.name)


def folder() -> Path:
    """Where previews wait, readable by this user alone."""
    path = Path(settings.VAR_DIR) / "import-previews"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def forget_abandoned() -> int:
    """Delete previews that nobody confirmed within an hour; returns how many."""
    before = time.time() - KEEP_SECONDS
    stale = [path for path in folder().iterdir() if path.stat().st_mtime < before]
    for path in stale:
        path.unlink(missing_ok=True)
    return len(stale)
