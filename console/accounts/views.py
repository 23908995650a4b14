"""Pages about oneself, and the doors between signing in and the console."""

from __future__ import annotations

from typing import cast

from allauth.account.utils import get_next_redirect_url
from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn.views import RemoveWebAuthnView
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from console.operations.privacy.seen_by import seen_by

from .forms import ProfileForm
from .models import User
from .second_factor import step_up_url


def admin_login(request: HttpRequest) -> HttpResponse:
    """The admin has no sign-in of its own: strangers go to the one there is, people without access get a 403."""
    target = get_next_redirect_url(request) or reverse("admin:index")
    if not request.user.is_authenticated:
        return redirect_to_login(target)
    if not request.user.is_staff:
        raise PermissionDenied
    return redirect(target)


@login_required
def profile(request: HttpRequest) -> HttpResponse:
    """Name, language and time zone."""
    form = ProfileForm(request.POST or None, instance=cast(User, request.user))
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Your profile was saved."))
        return redirect("accounts_profile")
    return render(request, "accounts/profile.html", {"form": form})


@login_required
@require_safe
def who_looked(request: HttpRequest) -> HttpResponse:
    """Which staff looked at one's own data, when and why."""
    return render(request, "accounts/privacy.html", {"looks": seen_by(request.user)})


@login_required
def second_factor(request: HttpRequest) -> HttpResponse:
    """Tells a staff member who holds no second factor to set one up; leads on once they do."""
    url = step_up_url(request)
    if not url.startswith(reverse("accounts_second_factor")):
        return redirect(get_next_redirect_url(request) or "home")
    return render(request, "accounts/second_factor.html")


class RemoveKeyView(RemoveWebAuthnView):
    """allauth's page, which asks the adapter for TOTP alone whether the factor may go."""

    def form_valid(self, form: object) -> HttpResponse:
        adapter = get_adapter()
        if adapter.can_delete_authenticator(self.get_object()):
            response: HttpResponse = super().form_valid(form)
            return response
        messages.error(self.request, adapter.error_messages["cannot_delete_authenticator"])
        return redirect("mfa_list_webauthn")
