"""The first page: numbers and charts that each are a query and lead to a list, kept for a while and dated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from .panels import Content

KEEP_SECONDS = 60
SLOWLY = 600  # seconds that what reads the catalogs is kept
Query = Callable[[datetime], int]
Draw = Callable[[datetime], list[tuple[str, int]]]
Start = Callable[[datetime], datetime]
# Ends of a query string: the span that was counted, in the words of the trail and of a list with a range of moments.
TRAIL_SPAN = "since={since}&until={until}"
LIST_SPAN = "created_at_from_0={from_day}&created_at_from_1={from_time}&created_at_to_0={day}&created_at_to_1={time}"


def week(at: datetime) -> datetime:
    """The moment seven days earlier."""
    return at - timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Number:
    """One figure for those who hold `permission`: a query, and the list that shows what was counted."""

    name: str
    title: Any
    permission: str
    url: str  # name of a route, with a query string behind "?", in which `address` puts the counted span
    count: Query  # at a moment
    is_alarming: bool = False  # whether anything above zero asks for somebody
    keep: int = KEEP_SECONDS


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars for those who hold `permission`, and the list behind them."""

    name: str
    title: Any
    permission: str
    url: str
    draw: Draw
    start: Start  # where its oldest bar begins


_numbers: dict[str, Number] = {}
_charts: dict[str, Chart] = {}


def number(
    name: str, title: Any, permission: str, url: str, *, is_alarming: bool = False, keep: int = KEEP_SECONDS
) -> Callable[[Query], Query]:
    """Register a number of the dashboard; the function takes the moment of counting and runs in staff scope.

    What it counts is what the list behind `url` shows, and nothing else.
    """

    def register(count: Query) -> Query:
        _numbers[name] = Number(name, title, permission, url, count, is_alarming, keep)
        return count

    return register


def chart(name: str, title: Any, permission: str, url: str, *, start: Start = week) -> Callable[[Draw], Draw]:
    """Register a chart; the function takes the moment, returns (label, number) pairs and runs in staff scope."""

    def register(draw: Draw) -> Draw:
        _charts[name] = Chart(name, title, permission, url, draw, start)
        return draw

    return register


def shown(request: HttpRequest) -> list[dict[str, Any]]:
    """The numbers that the person may see, each with the moment it was counted at."""
    figures = []
    for entry in _numbers.values():
        if not request.user.has_perm(entry.permission):  # type: ignore[union-attr]  # staff pages have a user
            continue
        value, at = kept(f"dashboard:{entry.name}", entry.count, entry.keep)
        tone = "bad" if entry.is_alarming and value else ""
        figures.append(
            {"title": entry.title, "value": value, "url": address(entry.url, week(at), at), "tone": tone, "at": at}
        )
    return figures


def drawn(request: HttpRequest) -> list[dict[str, Any]]:
    """The charts that the person may see and that have something to show."""
    found = []
    for entry in _charts.values():
        if not request.user.has_perm(entry.permission):  # type: ignore[union-attr]  # staff pages have a user
            continue
        bars, at = kept(f"dashboard:chart:{entry.name}", entry.draw, KEEP_SECONDS)
        if any(count for _label, count in bars):
            found.append(
                {"title": entry.title, "url": address(entry.url, entry.start(at), at), "content": Content(bars=bars)}
            )
    return found


def kept(key: str, count: Callable[[datetime], Any], seconds: int) -> tuple[Any, datetime]:
    """What was counted, and when: from the cache, or anew."""
    found: tuple[Any, datetime] | None = cache.get(key)
    if found is None:
        at = timezone.now()
        found = (count(at), at)
        cache.set(key, found, seconds)
    return found


def address(url: str, since: datetime, until: datetime) -> str:
    """The list behind a figure, narrowed to the span that was counted; ranges of lists are in the viewer's zone."""
    route, _sep, query = url.partition("?")
    first, last = timezone.localtime(since), timezone.localtime(until)
    ends = {
        "since": f"{since.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}",
        "until": f"{until.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}",
        "from_day": f"{first:%Y-%m-%d}",
        "from_time": f"{first:%H:%M:%S.%f}",
        "day": f"{last:%Y-%m-%d}",
        "time": f"{last:%H:%M:%S.%f}",
        "in_a_week": f"{until.date() + timedelta(days=7)}",
    }
    return reverse(route) + (f"?{query.format(**ends)}" if query else "")


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Unfold's dashboard callback."""
    found = shown(request)
    oldest = min((figure["at"] for figure in found), default=timezone.now())
    return {
        **context,
        "figures": found,
        "charts": drawn(request),
        "age": int((timezone.now() - oldest).total_seconds()),
        "keep": KEEP_SECONDS,
    }
