"""Settings of the app, read when used: ``PII = {"...": ...}``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings

DEFAULTS: dict[str, Any] = {
    "FOUR_EYES": True,  # requester, approver and subject are different people
    "COOLING_OFF_HOURS": 0,  # how long an approved erasure waits
    "BATCH": 500,  # rows per transaction of an erasure
    "ERASED_DOMAIN": "erased.invalid",  # RFC 2606: never deliverable
    "JOURNAL": None,  # path of the tombstone journal; default var/pii/journal.jsonl
    "PACKAGES": None,  # folder of export packages; default var/pii/packages
    "PACKAGE_DAYS": 7,
    "BACKUP_DAYS": 35,  # how old the oldest backup gets: tombstones live that long
    "REVEAL_MINUTES": 5,
    "REVEALS_PER_HOUR": 30,
    "CODE_TRIES": 5,
    "CODE_HOURS": 24,
    "REGION": "DE",  # how phone numbers without a country code are read: the calling code below
    "CALLING_CODE": "49",
    "SCAN_FILE_BYTES": 1 << 30,  # how far an archive is unpacked; what lies beyond counts as not read
    "ORPHAN_MINUTES": 10,  # a stored file that no row points at is left alone that long: its row may be on the way
    # Dotted path of f(model_label, tenant_ids) → {tenant_id: days}, for spans that tenants choose within the declared.
    "RETENTION": None,
    # Who is reminded of due requests: addresses, or f(tenant_id | None) → addresses, or its dotted path.
    "OFFICERS": None,  # None: everybody who may enter requests
    "ENFORCE_COVERAGE": True,  # an undeclared column is an error of `check`, not a warning
}


def get(name: str) -> Any:
    """The value of a setting. Raises KeyError for one that does not exist."""
    return {**DEFAULTS, **getattr(settings, "PII", {})}[name]


def var_dir() -> Path:
    """Where the app keeps files of its own, outside the database and outside the media folder."""
    base = Path(getattr(settings, "VAR_DIR", Path.cwd() / "var")) / "pii"
    base.mkdir(parents=True, exist_ok=True, mode=0o700)
    return base


def journal_path() -> Path:
    """The tombstone journal."""
    return Path(get("JOURNAL") or var_dir() / "journal.jsonl")


def packages_dir() -> Path:
    """Where finished export packages wait for their download."""
    path = Path(get("PACKAGES") or var_dir() / "packages")
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path
