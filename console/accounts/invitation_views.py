"""The pages between the link in an invitation's mail and the membership."""

from __future__ import annotations

from typing import cast

from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth import logout
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenancy import TenantRefused, invitations
from tenancy.http import TenantRequest
from tenancy.middleware import remember_tenant
from tenancy.models import Invitation, UserTenantMembership

from .forms import JoinForm
from .joining import Visitor, join_as_new, visitor

TOKEN = "invitation_token"  # noqa: S105  (the name of a session key)
STATUS = {"unknown": 404, "not_opened": 404}


@require_GET
def opened(request: HttpRequest, token: str) -> HttpResponse:
    """Take the token out of the address at once: nothing that this visit loads or logs later carries it."""
    request.session[TOKEN] = token
    response = redirect("invitation_accept")
    response["Referrer-Policy"] = "no-referrer"
    return response


@sensitive_post_parameters("password1", "password2")
@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: HttpRequest) -> HttpResponse:
    """Show what is offered to whom, and accept on POST."""
    token = request.session.get(TOKEN)
    if token is None:
        return refused(request, "not_opened")
    try:
        invitation = invitations.access_invitation_by_token(token)
        who = visitor(invitation, request.user)
        if who is Visitor.ACCEPTS:
            return _as_known(request, token, invitation)
        if who is Visitor.NEW:
            return _as_new(request, token, invitation)
    except TenantRefused as refusal:
        if refusal.code == "has_account":
            return redirect("invitation_accept")
        return refused(request, refusal.code)
    if who is Visitor.CLOSED:
        return refused(request, "closed")
    return render(request, f"accounts/invitation_{who.name.lower()}.html", {"invitation": invitation})


@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Sign out of the wrong account and come back, the link still open."""
    token = request.session.get(TOKEN)
    logout(request)
    if token is not None:
        request.session[TOKEN] = token
    return redirect("invitation_accept")


def refused(request: HttpRequest, code: str) -> HttpResponse:
    """Say why the link does not open anything, and what to do."""
    if code != "not_opened":
        request.session.pop(TOKEN, None)
    return render(request, "accounts/invitation_refused.html", {"code": code}, status=STATUS.get(code, 410))


def _as_known(request: HttpRequest, token: str, invitation: Invitation) -> HttpResponse:
    if request.method != "POST":
        return render(request, "accounts/invitation_accepts.html", {"invitation": invitation})
    membership = invitations.accept(token, request.user)
    _welcome(request, membership)
    return redirect("home")


def _as_new(request: HttpRequest, token: str, invitation: Invitation) -> HttpResponse:
    form = JoinForm(request.POST or None, email=invitation.email)
    if request.method != "POST" or not form.is_valid():
        return render(request, "accounts/invitation_new.html", {"invitation": invitation, "form": form})
    data = form.cleaned_data
    try:
        user, membership = join_as_new(token, full_name=data["full_name"], password=data["password1"])
    except IntegrityError:  # the same address set up an account in this very moment
        return redirect("invitation_accept")
    _welcome(request, membership)
    response: HttpResponse = perform_login(request, user, email=user.email)
    return response


def _welcome(request: HttpRequest, membership: UserTenantMembership) -> None:
    request.session.pop(TOKEN, None)
    remember_tenant(cast(TenantRequest, request), membership.tenant)
    messages.success(request, _("You are now a member of %(name)s.") % {"name": membership.tenant.name})
