"""Gives every request an id that its log lines, its answer and the proxy in front share."""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase

HEADER = "X-Request-ID"
SANE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")  # nothing that could forge a second log line or a header
logger = logging.getLogger("console.request")
_current: ContextVar[str] = ContextVar("request_id", default="")


def current_request_id() -> str:
    """The id of the request being answered; empty outside one."""
    return _current.get()


def route_of(request: HttpRequest) -> str:
    """The pattern of the address, never the address: it may hold a token or an e-mail."""
    match = getattr(request, "resolver_match", None)
    return f"/{match.route}" if match else "(no route)"


class RequestIdMiddleware:
    """The outermost middleware: takes over a sane id from the proxy or makes one, and logs one line per answer."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if self.is_async:
            return self.answer_async(request)
        began, token = time.monotonic(), _current.set(request_id_for(request))
        try:
            return finished(request, self.get_response(request), began)
        finally:
            _current.reset(token)

    async def answer_async(self, request: HttpRequest) -> HttpResponseBase:
        began, token = time.monotonic(), _current.set(request_id_for(request))
        try:
            return finished(request, await self.get_response(request), began)
        finally:
            _current.reset(token)


def request_id_for(request: HttpRequest) -> str:
    """The caller's id if it looks like one, else a new one."""
    given = request.headers.get(HEADER, "")
    return given if SANE.fullmatch(given) else uuid.uuid4().hex


def finished(request: HttpRequest, response: HttpResponseBase, began: float) -> HttpResponseBase:
    response.headers[HEADER] = current_request_id()
    user = getattr(request, "_cached_user", None)  # only if somebody asked already: no query for a log line
    tenant = getattr(request, "tenant", None)
    fields = {
        "method": request.method,
        "route": route_of(request),
        "status": response.status_code,
        "duration_ms": round((time.monotonic() - began) * 1000, 1),
        "user_id": str(user.pk) if user is not None and user.pk else None,
        "tenant_id": str(tenant.pk) if tenant is not None else None,
    }
    logger.info("%(method)s %(route)s %(status)s in %(duration_ms)s ms", fields, extra=fields)
    return response
