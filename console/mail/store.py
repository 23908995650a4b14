"""Mails as files under var/mail, newest first; only the newest are kept."""

from __future__ import annotations

import email
import email.policy
import re
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings

KEPT = 500
NAME = re.compile(r"\A\d{19}-[0-9a-f]{8}\Z")


@dataclass(frozen=True)
class StoredMail:
    """One mail and when it was sent."""

    key: str
    message: EmailMessage

    @property
    def sent_at(self) -> datetime:
        return datetime.fromtimestamp(int(self.key[:19]) / 1e9, tz=UTC)

    @property
    def text(self) -> str:
        body = self.message.get_body(preferencelist=("plain",))
        return body.get_content() if body else ""

    @property
    def html(self) -> str:
        body = self.message.get_body(preferencelist=("html",))
        return body.get_content() if body else ""


def folder() -> Path:
    return Path(settings.VAR_DIR) / "mail"


def save(raw: bytes) -> str:
    """Keep a mail; returns its key. A reader never sees half a file."""
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    key = f"{time.time_ns():019d}-{secrets.token_hex(4)}"
    draft = folder() / f".{key}"
    draft.write_bytes(raw)
    draft.rename(folder() / key)
    for stale in newest()[KEPT:]:
        (folder() / stale).unlink(missing_ok=True)
    return key


def newest() -> list[str]:
    """The key of every mail, newest first."""
    if not folder().is_dir():
        return []
    return sorted((path.name for path in folder().iterdir() if NAME.match(path.name)), reverse=True)


def load(key: str) -> StoredMail | None:
    """One mail; None for a key that names none."""
    try:
        raw = (folder() / key).read_bytes() if NAME.match(key) else None
    except FileNotFoundError:
        raw = None
    if raw is None:
        return None
    message = email.message_from_bytes(raw, policy=email.policy.default)
    return StoredMail(key, message)
