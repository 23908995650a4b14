"""Accesses that no scope covered, of models in ``observe``: logged once with their place, counted, kept in a list.

Counts gather in the process and go out when a request has ended, every minute, and at exit: into the table of
`tenancy.models.ObservedAccess`, or as lines of JSON into the file that ``TENANCY["OBSERVED_FILE"]`` names (for CI,
whose databases are thrown away).
"""

from __future__ import annotations

import atexit
import json
import logging
import sys
import sysconfig
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.core.signals import request_finished
from django.db import DEFAULT_DB_ALIAS, connections, transaction

from . import conf

logger = logging.getLogger("tenancy.observed")

FLUSH_SECONDS = 60
_OURS = tuple(str(Path(path).resolve().parent) + "/" for path in (__file__, django.__file__))
_LIBRARIES = tuple(sysconfig.get_path(name) + "/" for name in ("stdlib", "purelib", "platlib"))


@dataclass(frozen=True, slots=True)
class Offence:
    """One way in which code touches a model without a scope. The line may move; path and function name the place."""

    model: str
    what: str
    place: str


_lock = threading.Lock()
_counts: Counter[tuple[str, Offence]] = Counter()
_lines: dict[Offence, int] = {}
_logged: set[Offence] = set()
_flushed_at = time.monotonic()


def note(model: str, what: str) -> None:
    """Count one access (`what` is ``read``, ``write`` or ``foreign``) and log its place the first time."""
    place, line = find_place()
    offence = Offence(model, what, place)
    with _lock:
        _counts[(_database(), offence)] += 1
        _lines[offence] = line
        first = offence not in _logged
        _logged.add(offence)
    if first:
        logger.warning("%s: %s without a fitting scope at %s (line %d)", model, what, place, line)
    if time.monotonic() - _flushed_at > FLUSH_SECONDS and not connections[DEFAULT_DB_ALIAS].in_atomic_block:
        flush()


def find_place() -> tuple[str, int]:
    """``path:function`` and line of the innermost frame of the project's own code; else of any library but Django."""
    frame: Any = sys._getframe(1)
    library: tuple[str, int] | None = None
    while frame is not None:
        path = frame.f_code.co_filename
        if not path.startswith(_OURS) and not path.startswith("<"):
            found = (f"{_short(path)}:{frame.f_code.co_name}", frame.f_lineno)
            if not path.startswith(_LIBRARIES):
                return found
            library = library or found
        frame = frame.f_back
    return library or ("?", 0)


def _short(path: str) -> str:
    for root in (str(getattr(settings, "BASE_DIR", "")), str(Path.cwd()), *reversed(_LIBRARIES)):
        root = root.rstrip("/") + "/"
        if len(root) > 1 and path.startswith(root):
            return path[len(root) :]
    return path


def _database() -> str:
    return str(connections[DEFAULT_DB_ALIAS].settings_dict["NAME"])


def flush(**kwargs: Any) -> None:
    """Write the counts down. Never raises: a site in ``observe`` must not fail because of its own bookkeeping."""
    global _flushed_at
    with _lock:
        taken = dict(_counts)
        _counts.clear()
        _flushed_at = time.monotonic()
    # Notes of a database that is gone (a test's) are not written into the one that took its place.
    here = _database() if taken else ""
    counts = {offence: count for (database, offence), count in taken.items() if database == here}
    if not counts:
        return
    try:
        if target := conf.get("OBSERVED_FILE"):
            _append(Path(target), counts)
        else:
            _store(counts)
    except Exception:  # see the docstring
        logger.exception("The list of observed accesses could not be written.")


def _append(path: Path, counts: dict[Offence, int]) -> None:
    with path.open("a", encoding="utf-8") as file:
        for offence, count in counts.items():
            row = {"model": offence.model, "what": offence.what, "place": offence.place}
            file.write(json.dumps({**row, "line": _lines[offence], "count": count}) + "\n")


def _store(counts: dict[Offence, int]) -> None:
    from .models import ObservedAccess
    from .scope import system_scope

    with system_scope(reason="list of observed accesses"), transaction.atomic():
        for offence in sorted(counts, key=lambda one: (one.model, one.what, one.place)):
            ObservedAccess.count_up(offence, counts[offence], _lines[offence])


request_finished.connect(flush, dispatch_uid="tenancy-observed")
atexit.register(flush)
