"""The one exception from the strict Content-Security-Policy: pages that a view of the admin rendered for staff."""

from __future__ import annotations

from django.conf import settings
from django.http.response import HttpResponseBase


def allow_unfold(response: HttpResponseBase) -> None:
    """Give an HTML page what unfold needs; redirects, downloads and JSON stay strict, and so do error pages.

    Alpine evaluates expressions (`unsafe-eval`), and unfold writes style attributes and one style element
    (`unsafe-inline` for styles). Inline scripts stay forbidden here too.
    """
    is_page = response.headers.get("Content-Type", "").startswith("text/html")
    if is_page and not response.has_header("Location"):
        response._csp_replace = settings.ADMIN_CSP  # type: ignore[attr-defined]  # django-csp's own protocol
