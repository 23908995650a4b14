"""Who is locked out for a while after wrong passwords: read from the sign-in library's counters, and taken back."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from allauth.account import app_settings
from allauth.core.internal.ratelimit import Rate, parse_rates
from django.core.cache import cache

from .models import User


def locked_until(user: User) -> datetime | None:
    """When the person may try again; None where they may try now. Counts by address, not by network."""
    now, until = time.time(), 0.0
    for rate, key in _counters(user):
        tries: list[float] = [at for at in cache.get(key, []) if at > now - rate.duration]  # newest first
        if len(tries) >= rate.amount:
            until = max(until, tries[rate.amount - 1] + rate.duration)
    return datetime.fromtimestamp(until, tz=UTC) if until else None


def forget(user: User) -> None:
    """Forget the wrong passwords counted so far."""
    cache.delete_many([key for _rate, key in _counters(user)])


def _counters(user: User) -> Iterator[tuple[Rate, str]]:
    limits: dict[str, Any] = app_settings.RATE_LIMITS
    name = hashlib.sha256(user.email.encode()).hexdigest()
    for rate in parse_rates(limits.get("login_failed")):
        if rate.per == "key":
            yield rate, ":".join(["allauth", "rl", "allauth.account", "login_failed", str(rate), name])
