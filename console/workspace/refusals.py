"""A change that a restriction of processing forbids (Art. 18) becomes a sentence on the page, not an error."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from pii.exceptions import RequestRefused
from pii.guarded import is_refusal


class RestrictedMiddleware:
    """Leads back to where the person came from, and says why nothing was changed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if is_refusal(exception):
            words = _("Processing of this person's data is restricted (Art. 18 GDPR): nothing was changed.")
        elif isinstance(exception, RequestRefused) and exception.code == "restricted":
            words = str(exception)
        else:
            return None
        messages.error(request, words)
        came_from = request.headers.get("Referer", "")
        here = url_has_allowed_host_and_scheme(came_from, request.get_host(), require_https=request.is_secure())
        return HttpResponseRedirect(came_from if here else reverse("home"))
