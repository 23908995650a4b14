"""A ZIP that hashes and counts what is written into it."""

from __future__ import annotations

import hashlib
import json
import os
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

from django.core.serializers.json import DjangoJSONEncoder


class Entry:
    """One file inside the package while it is written."""

    def __init__(self, target: Any) -> None:
        self._target = target
        self._digest = hashlib.sha256()
        self.rows: int | None = None
        self.size = 0

    def write(self, data: str | bytes) -> None:
        raw = data.encode() if isinstance(data, str) else data
        self._digest.update(raw)
        self.size += len(raw)
        self._target.write(raw)

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()


class Package:
    """The archive; `files` grows into the manifest."""

    def __init__(self, path: Path) -> None:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        self._file: BinaryIO = os.fdopen(descriptor, "w+b")
        self._zip = zipfile.ZipFile(self._file, "w", zipfile.ZIP_DEFLATED, allowZip64=True)
        self.files: dict[str, dict[str, Any]] = {}

    def __enter__(self) -> Package:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    @contextmanager
    def open(self, name: str, *, listed: bool = True) -> Iterator[Entry]:
        """Write one file. Names are made safe by the caller with `safe_name`; a double is refused."""
        if name in self.files:
            raise ValueError(f"{name} is in the package already.")
        with self._zip.open(name, "w", force_zip64=True) as target:
            entry = Entry(target)
            yield entry
        if listed:
            self.files[name] = {"sha256": entry.sha256, "bytes": entry.size, "rows": entry.rows}

    def add_text(self, name: str, text: str) -> None:
        with self.open(name) as entry:
            entry.write(text)

    def add_json(self, name: str, value: Any, *, listed: bool = True) -> None:
        with self.open(name, listed=listed) as entry:
            entry.write(json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1))
            entry.rows = len(value) if isinstance(value, list) else None


def safe_name(name: str) -> str:
    """A name that no archive tool takes outside its folder: no separators, no leading dots, no control characters."""
    text = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    text = re.sub(r"[^\w.\- ]", "_", text).strip(". ")
    return text[:150] or "unnamed"
