"""The journal file: one signed line of JSON per tombstone, appended and flushed to disk before anything is erased."""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from .. import conf
from ..exceptions import PiiError
from ..identifiers.sets import keys
from ..models import DataRequest, PlanItem, Tombstone, TombstoneHash

DAMAGED = (
    "Line %d of the tombstone journal was changed or damaged: it cannot be read, or its signature is wrong. Bring the "
    "file back from its own backup; nothing is served until every line can be trusted."
)


def entry(tombstone: Tombstone, hashes: list[str]) -> dict[str, Any]:
    """A tombstone as a line: keys, hashes and dates, no identifier."""
    return {
        "id": str(tombstone.pk),
        "request": str(tombstone.request_id or ""),
        "model": tombstone.model,
        "key": tombstone.key,
        "tenant": str(tombstone.tenant_key or ""),
        "limited_to": str(tombstone.limited_to or ""),
        "hashes": hashes,
        "kept": kept(tombstone.request),
        "refused": refused(tombstone.request),
        "registry": tombstone.registry_hash,
        "erased_at": tombstone.erased_at.isoformat(),
        "expires_at": tombstone.expires_at.isoformat(),
    }


def kept(request: DataRequest | None) -> list[dict[str, str]]:
    """What the request decided to keep: its repetition after a restore keeps it too."""
    return [
        {
            "model": item.model,
            "tenant": str(item.tenant_key),
            "ground": item.ground,
            "until": item.until.isoformat() if item.until else "",
        }
        for item in (request.kept_items.all() if request is not None else ())
    ]


def refused(request: DataRequest | None) -> list[str]:
    """The organisations whose answer was a refusal: their rows are left alone by the repetition too."""
    if request is None:
        return []
    items = request.items.filter(action=PlanItem.Action.REFUSE, tenant_key__isnull=False).order_by("tenant_key")
    return [str(key) for key in items.values_list("tenant_key", flat=True).distinct()]


def write_missing() -> int:
    """Append what the database remembers and the file lost (cut short, or brought back from a copy); how many lines."""
    known = {item["id"] for item in read()}
    stones = Tombstone.objects.filter(expires_at__gt=timezone.now()).exclude(pk__in=known).select_related("request")
    hashes: dict[UUID | None, list[str]] = defaultdict(list)
    missing = list(stones.order_by("erased_at", "pk"))
    for request, digest in TombstoneHash.objects.filter(
        tombstone__request__in={stone.request_id for stone in missing}
    ).values_list("tombstone__request", "digest"):
        hashes[request].append(digest)
    append(entry(stone, sorted(set(hashes[stone.request_id]))) for stone in missing)
    return len(missing)


def append(entries: Iterable[dict[str, Any]]) -> None:
    """Append lines and wait until they are on disk. Raises OSError where that fails: then nothing may be erased."""
    lines = "".join(json.dumps({**item, "mac": mac(item)}, sort_keys=True) + "\n" for item in entries).encode()
    path = conf.journal_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)  # released when it is closed
        _end_last_line(descriptor)
        while lines:
            lines = lines[os.write(descriptor, lines) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _end_last_line(descriptor: int) -> None:
    """Cut off a line that a dying machine left half written, so that the next one does not continue it."""
    size = os.fstat(descriptor).st_size
    if not size or os.pread(descriptor, 1, size - 1) == b"\n":
        return
    content = os.pread(descriptor, size, 0)
    torn = content[content.rfind(b"\n") + 1 :]
    if _parsed(torn.decode(errors="replace")) is not None:
        os.write(descriptor, b"\n")
    else:
        os.ftruncate(descriptor, size - len(torn))  # never on disk as a whole: nothing was erased for it


def read() -> Iterator[dict[str, Any]]:
    """Every line that has not expired, each id once. A torn last line (the machine died while writing) is left out.

    Raises PiiError with the number of a line that cannot be read, or whose signature is wrong.
    """
    path = conf.journal_path()
    if not path.exists():
        return
    now, seen = timezone.now(), set()
    with path.open(encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, start=1):
            item = _parsed(line)
            if item is None:
                if not line.endswith("\n"):
                    return
                raise PiiError(DAMAGED % number)
            if item["id"] not in seen and datetime.fromisoformat(item["expires_at"]) > now:
                seen.add(item["id"])
                yield item


def _parsed(line: str) -> dict[str, Any] | None:
    """The line without its signature; None where it cannot be trusted."""
    try:
        item = json.loads(line)
    except ValueError:
        return None
    if not isinstance(item, dict):
        return None
    signature = str(item.pop("mac", ""))
    trusted = any(hmac.compare_digest(signature, mac(item, key)) for key in keys())
    return item if trusted else None


def mac(item: dict[str, Any], secret: str | None = None) -> str:
    """HMAC-SHA256 of a line under a key derived from SECRET_KEY (or `secret`)."""
    key = hashlib.sha256(b"pii.journal" + (secret or settings.SECRET_KEY).encode()).digest()
    return hmac.new(key, json.dumps(item, sort_keys=True).encode(), hashlib.sha256).hexdigest()
