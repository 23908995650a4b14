"""Stored files, walked without holding them: their names, and what is in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.files.storage import default_storage
from django.db import models

from .. import conf
from ..identifiers import Hit, Matcher
from .contents import Contents


@dataclass(frozen=True)
class FoundFile:
    """A stored file that names the person, by its name or by its content."""

    storage: Any
    name: str
    kind: str
    exact: bool
    in_name: bool


@dataclass
class FileCount:
    """How many files were seen, and how many could be read only in part (binary, encrypted, too large)."""

    seen: int = 0
    opaque: int = 0


def storages() -> list[Any]:
    """The default storage and that of every file column, each once."""
    found = [default_storage]
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.local_concrete_fields:
            if isinstance(field, models.FileField) and not any(field.storage == known for known in found):
                found.append(field.storage)
    return found


def file_names(storage: Any = default_storage, folder: str = "") -> Iterator[str]:
    """Every name in a storage, depth first."""
    try:
        folders, files = storage.listdir(folder)
    except (FileNotFoundError, NotImplementedError):
        return
    for name in sorted(files):
        yield f"{folder}/{name}".lstrip("/")
    for name in sorted(folders):
        yield from file_names(storage, f"{folder}/{name}".lstrip("/"))


def find_files(matcher: Matcher, count: FileCount) -> Iterator[FoundFile]:
    """The stored files whose name or content holds an identifier."""
    for storage in storages():
        for name in file_names(storage):
            count.seen += 1
            hits = in_content(storage, name, matcher, count)
            if matcher.in_file_name(name):
                yield FoundFile(storage, name, hits[0].kind.value if hits else "email", True, True)
            elif hits:
                exact = next((hit for hit in hits if hit.is_exact), None)
                yield FoundFile(storage, name, (exact or hits[0]).kind.value, exact is not None, False)


def in_content(storage: Any, name: str, matcher: Matcher, count: FileCount) -> list[Hit]:
    """The hits of the first block with any, exact ones before names; none where the file is gone meanwhile."""
    found: list[Hit] = []
    try:
        with storage.open(name) as source:
            contents = Contents(source, conf.get("SCAN_FILE_BYTES"))
            for block in contents.blocks():
                if matcher.suspects(block):
                    found = matcher.find(block.decode("utf-8", "replace")) or found
                if any(hit.is_exact for hit in found):
                    break
            count.opaque += contents.is_opaque
    except OSError:
        count.opaque += storage.exists(name)
    return found
