"""Keeps members out until they prove what their tenant asks for: domain, second factor, a recent sign-in."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, cast

from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from console.accounts.models import User
from console.accounts.second_factor import has_second_factor, step_up_url
from tenancy import Role, identity_scope
from tenancy.http import TenantRequest
from tenancy.joining import is_allowed_address
from tenancy.memberships import note_entry


class SignInRulesMiddleware:
    """Asks on every request inside a tenant; account pages are outside of one, so nobody is shut out for good."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: TenantRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        tenant = request.tenant
        if tenant is None or getattr(request, "view_as", None) is not None:  # support proved its own second factor
            return None
        address = cast(User, request.user).email
        # An owner is never kept out by the domains: whoever set them wrong has to be able to set them right.
        if request.user_tenant_role != Role.OWNER and not is_allowed_address(address, tenant):
            return render(request, "preferences/other_domain.html", status=403)
        rules = tenant.config.sign_in
        if rules.second_factor_required and not has_second_factor(request):
            with identity_scope():
                return HttpResponseRedirect(step_up_url(request))
        if rules.session_length is not None and proved_at(request) < time.time() - rules.session_length.total_seconds():
            query = urlencode({"next": request.get_full_path()})
            return HttpResponseRedirect(f"{reverse('account_reauthenticate')}?{query}")
        if request.tenant_membership is not None:
            note_entry(request.tenant_membership)
        return None


def proved_at(request: HttpRequest) -> float:
    """When this session last proved who it is, in seconds since 1970; 0 where it never did."""
    records = get_authentication_records(request, request.user)
    return max((float(record.get("at", 0)) for record in records), default=0.0)
