"""When an answer is due: calendar months, never a number of days (Art. 12(3) GDPR)."""

from __future__ import annotations

import calendar
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

MONTHS, EXTENSION = 1, 2
"""One month, which may be extended once by two further months."""


def add_months(start: date, months: int) -> date:
    """The same day `months` later, clipped to that month's last day: 31 January + 1 is 28 (or 29) February."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


def roll(day: date) -> date:
    """A Saturday or Sunday becomes the Monday after (Regulation 1182/71, Art. 3(4))."""
    return day + timedelta(days=max(0, 7 - day.weekday())) if day.weekday() >= 5 else day


def due_on(received_at: datetime, *, extended: bool = False, paused_days: int = 0) -> date:
    """The last day for an answer. Days on which identity was in doubt are added before rolling past a weekend."""
    local = received_at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    day = add_months(local, MONTHS + (EXTENSION if extended else 0)) + timedelta(days=paused_days)
    return roll(day)
