"""Shows pages in the tenant's language and time zone to members who chose none themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone, translation

from console.accounts.models import User
from tenancy.http import TenantRequest


class RegionMiddleware:
    """Comes after the tenant is known. What a person chose in the account wins: it is theirs in every tenant."""

    def __init__(self, get_response: Callable[[TenantRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: TenantRequest) -> HttpResponse:
        if request.tenant is None:
            return self.get_response(request)
        region, user = request.tenant.config.region, cast(User, request.user)
        if user.locale == settings.LANGUAGE_CODE and region.language != translation.get_language():
            translation.activate(region.language)
            request.LANGUAGE_CODE = translation.get_language()
        if user.time_zone != settings.TIME_ZONE:
            return self.get_response(request)
        with timezone.override(region.time_zone):
            return self.get_response(request)
