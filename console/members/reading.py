"""Opens the kept file of an import as a path, whatever storage keeps it."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from .files import FileRefused, Overrides
from .models import MemberImport


@contextlib.contextmanager
def kept_file(item: MemberImport) -> Iterator[Path]:
    """The kept file on this machine; copied to a temporary one where the storage has no paths.

    Raises FileRefused when it was purged.
    """
    if not item.file or not item.file.storage.exists(item.file.name):
        raise FileRefused("purged", "The file is not kept any more.", "Upload it again.")
    try:
        path = Path(item.file.path)
    except NotImplementedError:
        with tempfile.NamedTemporaryFile() as copy, item.file.open("rb") as source:
            shutil.copyfileobj(source, copy)
            copy.flush()
            yield Path(copy.name)
        return
    yield path


@contextlib.contextmanager
def uploaded_path(upload: IO[bytes]) -> Iterator[Path]:
    """An uploaded file as a path, without a copy where it has one already."""
    given = getattr(upload, "temporary_file_path", None)
    if given is not None:
        yield Path(given())
        return
    with tempfile.NamedTemporaryFile() as copy:
        upload.seek(0)
        shutil.copyfileobj(upload, copy)
        copy.flush()
        upload.seek(0)
        yield Path(copy.name)


def overrides_of(item: MemberImport) -> Overrides:
    """What a person decided about reading the file."""
    data = item.overrides
    return Overrides(
        encoding=data.get("encoding", ""),
        delimiter=data.get("delimiter", ""),
        sheet=data.get("sheet", ""),
        mapping=data.get("mapping", {}),
    )
