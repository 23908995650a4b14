"""Switches of whole features, asked by the views that they switch."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from tenancy.http import TenantRequest

View = Callable[..., Any]


def require_feature(name: str) -> Callable[[View], View]:
    """Show a page that says so (403) where the tenant's setting ``features.<name>`` is off."""

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: TenantRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.tenant is not None and not getattr(request.tenant.config.features, name):
                return render(request, "preferences/switched_off.html", status=403)
            response: HttpResponse = view(request, *args, **kwargs)
            return response

        return guarded

    return decorate
