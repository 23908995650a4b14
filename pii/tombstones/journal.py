"""The journal file: one signed line of JSON per tombstone, appended and flushed to disk before anything is erased."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from .. import conf
from ..exceptions import PiiError
from ..models import DataRequest, Tombstone


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


def append(entries: Iterable[dict[str, Any]]) -> None:
    """Append lines and wait until they are on disk. Raises OSError where that fails: then nothing may be erased."""
    lines = "".join(json.dumps({**item, "mac": mac(item)}, sort_keys=True) + "\n" for item in entries)
    path = conf.journal_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, lines.encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read() -> Iterator[dict[str, Any]]:
    """Every line that has not expired. A torn last line (the machine died while writing) is left out.

    Raises PiiError for a line whose signature is wrong.
    """
    path = conf.journal_path()
    if not path.exists():
        return
    now = timezone.now()
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if not line.endswith("\n"):
                return
            item = json.loads(line)
            if not hmac.compare_digest(item.pop("mac", ""), mac(item)):
                raise PiiError("A line of the tombstone journal was changed: its signature is wrong.")
            if datetime.fromisoformat(item["expires_at"]) > now:
                yield item


def mac(item: dict[str, Any]) -> str:
    """HMAC-SHA256 of a line under a key derived from SECRET_KEY."""
    key = hashlib.sha256(b"pii.journal" + settings.SECRET_KEY.encode()).digest()
    return hmac.new(key, json.dumps(item, sort_keys=True).encode(), hashlib.sha256).hexdigest()
