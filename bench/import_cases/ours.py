"""The engine, verb by verb, as the admin calls it: upload, preview, confirm and run, then the job of search words."""

from __future__ import annotations

import itertools
import time
from pathlib import Path
from typing import Any


def ours(path: Path, tenant: Any) -> dict[str, float]:
    """From the file to members who are found by the staff's search; `merge_seconds` is confirm and run."""
    from console.members import flow, indexing
    from console.members.uploading import upload
    from tenancy import tenant_scope

    marks = [time.perf_counter()]

    def mark() -> None:
        marks.append(time.perf_counter())

    with tenant_scope(tenant):
        item = upload(tenant, path, name=path.name, by=None)
        mark()
        flow.preview(item)
        mark()
        flow.confirm(item, by=None)
        flow.run(item)
        mark()
        assert item.state == "done", item.message
        indexing.index(item)
        mark()
    uploading, previewing, merging, words = (after - before for before, after in itertools.pairwise(marks))
    return {
        "seconds": marks[-1] - marks[0],
        "upload_seconds": uploading,
        "preview_seconds": previewing,
        "merge_seconds": merging,
        "search_words_seconds": words,
    }


def ours_parsing(path: Path, tenant: Any) -> dict[str, float]:
    """Reading the file alone: records of it, nothing judged, nothing stored."""
    from console.members.files import detect
    from console.members.files.people import MEMBERS
    from console.members.files.reading import read_records_of

    began = time.perf_counter()
    for _record in read_records_of(detect(path, MEMBERS)):
        pass
    return {"seconds": time.perf_counter() - began}
