"""The tenant's name, logo and colours in the workspace; colours come as a stylesheet, for the policy forbids inline."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import condition, require_safe

from tenancy.decorators import require_tenant_access
from tenancy.http import TenantRequest
from tenancy.mailing import displayed_name
from tenancy.settings.colours import contrast, on_colour, parse, readable

LIGHT, DARK = "#ffffff", "#13171f"  # Pico's backgrounds
FORM = """:root{scope} {{
  --pico-primary: {text}; --pico-primary-hover: {text}; --pico-primary-underline: {text};
  --pico-primary-background: {fill}; --pico-primary-border: {fill};
  --pico-primary-hover-background: {fill}; --pico-primary-hover-border: {text};
  --pico-primary-inverse: {ink}; --pico-primary-focus: rgba({red}, {green}, {blue}, .4);
}}
"""


def stylesheet(colour: str | None) -> str:
    """CSS that gives links and buttons the tenant's colour, readable in light and in dark; empty without one."""
    if colour is None:
        return ""
    light, dark = _block(':not([data-theme="dark"])', colour, LIGHT), _block('[data-theme="dark"]', colour, DARK)
    system = _block(':not([data-theme="light"])', colour, DARK)
    return f"{light}@media (prefers-color-scheme: dark) {{ {system} }}\n{dark}"


def _block(scope: str, colour: str, background: str) -> str:
    red, green, blue = parse(colour)
    # A fill that can hardly be told from the page would hide the button's edge.
    fill = colour if contrast(colour, background) >= 1.6 else readable(colour, background)
    text = readable(colour, background)
    return FORM.format(scope=scope, text=text, fill=fill, ink=on_colour(fill), red=red, green=green, blue=blue)


def _etag(request: TenantRequest) -> str:
    colour = request.tenant.config.branding.colour if request.tenant else None
    return f'"{hashlib.sha256(stylesheet(colour).encode()).hexdigest()[:16]}"'


@require_safe
@require_tenant_access
@condition(etag_func=_etag)
def branding_css(request: TenantRequest) -> HttpResponse:
    """The tenant's colours. Its address carries a digest, so browsers keep it; the cache is the member's own."""
    assert request.tenant is not None
    css = stylesheet(request.tenant.config.branding.colour)
    response = HttpResponse(css, content_type="text/css; charset=utf-8")
    response["Cache-Control"] = "private, max-age=86400"
    patch_vary_headers(response, ["Cookie"])
    return response


def brand(request: HttpRequest) -> dict[str, Any]:
    """Context processor: ``BRAND`` with name, logo and the version of the colours; nothing outside a tenant."""
    tenant = getattr(request, "tenant", None)
    if tenant is None:
        return {}
    look = tenant.config.branding
    version = hashlib.sha256((look.colour or "").encode()).hexdigest()[:10] if look.colour else ""
    contact = tenant.config.privacy.contact
    return {
        "BRAND": {
            "name": displayed_name(tenant),
            "logo": look.logo,
            "version": version,
            "privacy_contact": contact,
        }
    }


class LogoPolicyMiddleware:
    """Lets a page of the workspace load the tenant's logo from the one host that it stands on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        tenant = getattr(request, "tenant", None)
        logo = tenant.config.branding.logo if tenant is not None else None
        if logo and response.headers.get("Content-Type", "").startswith("text/html"):
            parts = urlsplit(logo)
            origin = f"https://{parts.hostname}" + (f":{parts.port}" if parts.port else "")
            held: dict[str, Any] = getattr(response, "_csp_update", None) or {}
            response._csp_update = {**held, "img-src": [origin]}  # type: ignore[attr-defined]
        return response
