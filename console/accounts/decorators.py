"""The guard of staff pages that stand outside the admin."""

from __future__ import annotations

import functools
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from .middleware import View
from .second_factor import has_second_factor, step_up_url


def staff_page(view: View) -> View:
    """Let active staff in who proved a second factor: strangers sign in first, others get a 403."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not request.user.is_staff:
            raise PermissionDenied
        if settings.STAFF_SECOND_FACTOR and not has_second_factor(request):
            return HttpResponseRedirect(step_up_url(request))
        return view(request, *args, **kwargs)

    return guarded
