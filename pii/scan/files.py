"""The names of stored files, walked without holding them."""

from __future__ import annotations

from collections.abc import Iterator

from django.core.files.storage import default_storage


def file_names(folder: str = "") -> Iterator[str]:
    """Every name in the default storage, depth first."""
    try:
        folders, files = default_storage.listdir(folder)
    except (FileNotFoundError, NotImplementedError):
        return
    for name in sorted(files):
        yield f"{folder}/{name}".lstrip("/")
    for name in sorted(folders):
        yield from file_names(f"{folder}/{name}".lstrip("/"))
