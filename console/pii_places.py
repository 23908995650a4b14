"""Places of this project that no table declares: sessions, caches, mails and previews on disk."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.conf import settings
from django.core.cache import cache

import pii
from pii import conf
from pii.scan.contents import Contents
from pii.subjects import Subject


@pii.on_erase("sessions")
def end_sessions(subject: Subject) -> int:
    """End every session of the account. Sessions that only mention the person are found by the scan."""
    if not subject.with_account or not subject.user_keys:
        return 0
    from allauth.usersessions.models import UserSession
    from django.contrib.sessions.models import Session

    keys = UserSession.objects.filter(user__in=sorted(subject.user_keys)).values_list("session_key", flat=True)
    count, _ = Session.objects.filter(session_key__in=list(keys)).delete()
    return count


@pii.on_erase("rate limits")
def forget_rate_limits(subject: Subject) -> int:
    """Drop the sign-in library's counters: their cache keys hold a hash of the address or the account's key."""
    from allauth.account import app_settings
    from allauth.core.internal.ratelimit import parse_rates

    keys = []
    for action, rates in app_settings.RATE_LIMITS.items():
        for rate in parse_rates(rates):
            sources = [f"user:{key}" for key in subject.user_keys] if rate.per == "user" else []
            if rate.per == "key":
                sources = [hashlib.sha256(email.encode()).hexdigest() for email in subject.emails]
            keys += [":".join(["allauth", "rl", "allauth.account", action, str(rate), source]) for source in sources]
    found = [key for key in keys if cache.get(key) is not None]
    cache.delete_many(found)
    return len(found)


@pii.on_erase("mails of the development page")
def forget_mails(subject: Subject) -> int:
    """Delete kept mails to or about the person; in production no mail is kept."""
    from console.mail import store

    matcher = subject.identifiers.matcher()
    removed = 0
    for key in store.newest():
        mail = store.load(key)
        if mail is not None and matcher.find(f"{mail.message.items()} {mail.text} {mail.html}"):
            (store.folder() / key).unlink(missing_ok=True)
            removed += 1
    return removed


@pii.on_erase("import previews")
def forget_previews(subject: Subject) -> int:
    """Delete uploads that wait for a confirmation and name the person."""
    folder = Path(settings.VAR_DIR) / "import-previews"
    matcher = subject.identifiers.matcher()
    removed = 0
    for path in folder.iterdir() if folder.is_dir() else ():
        with path.open("rb") as upload:
            named = any(matcher.suspects(block) for block in Contents(upload, conf.get("SCAN_FILE_BYTES")).blocks())
        if named:
            path.unlink(missing_ok=True)
            removed += 1
    return removed
