"""What holds on every account page and for every signed-in person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers

from tenancy.account import load_account

from .second_factor import has_second_factor, step_up_url

ACCOUNT_ROUTES = ("accounts/", "invitations/")
View = Callable[..., HttpResponse]


class PersonalMiddleware:
    """Shows pages in the person's language and time zone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        load_account(request)
        if not request.user.is_authenticated:
            return self.get_response(request)
        if translation.check_for_language(request.user.locale):
            translation.activate(request.user.locale)
            request.LANGUAGE_CODE = translation.get_language()
        try:
            zone = ZoneInfo(request.user.time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            return self.get_response(request)
        with timezone.override(zone):
            return self.get_response(request)


class AccountPagesMiddleware:
    """Account pages are never cached, and their addresses (some carry a key) are told to no other site."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.resolver_match and request.resolver_match.route.startswith(ACCOUNT_ROUTES):
            add_never_cache_headers(response)
            # Not "no-referrer": browsers then send `Origin: null` with forms, which Django refuses.
            response.setdefault("Referrer-Policy", "same-origin")
        return response


class SecondFactorMiddleware:
    """Keeps the admin closed to staff who signed in with a password alone (STAFF_SECOND_FACTOR)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: View, args: Any, kwargs: Any) -> HttpResponse | None:
        match = request.resolver_match
        if not settings.STAFF_SECOND_FACTOR or match is None or "admin" not in match.app_names:
            return None
        if not request.user.is_staff or match.url_name in ("login", "logout", "jsi18n") or has_second_factor(request):
            return None
        return HttpResponseRedirect(step_up_url(request))
