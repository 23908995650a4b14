"""The Content-Security-Policy: strict everywhere, with one exception where unfold's scripts need it."""

from __future__ import annotations

from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase


class ConsoleCSPMiddleware(CSPMiddleware):
    """Adds settings.ADMIN_CSP to the pages that a view of the admin renders: not to sign-in, errors or downloads.

    Unfold's Alpine evaluates expressions (`unsafe-eval`) and writes style attributes (`unsafe-inline` for styles);
    inline scripts stay forbidden there too.
    """

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts: PolicyParts = super().get_policy_parts(request, response, report_only)
        if not report_only and is_admin_page(request, response):
            parts.replace = {**settings.ADMIN_CSP, **(parts.replace or {})}
        return parts


def is_admin_page(request: HttpRequest, response: HttpResponseBase) -> bool:
    match = getattr(request, "resolver_match", None)
    return (
        match is not None
        and "admin" in match.app_names
        and response.status_code == 200
        and response.headers.get("Content-Type", "").startswith("text/html")
    )
