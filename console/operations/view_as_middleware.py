"""Staff in a member's eyes: the workspace as the member sees it, read-only, with a banner that nothing hides."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils import timezone

from tenancy import audit, conf, identity_scope
from tenancy.staff import is_staff_now, staff_at_work

from .models import StaffSession

KEY = "view_as"  # of the session: which StaffSession the browser looks through
BODY = re.compile(rb"<body[^>]*>", re.IGNORECASE)


class ViewAsMiddleware:
    """Swaps the person of a request while a view-as session lives; comes after authentication, before the tenant.

    The admin stays the staff member's own. Account pages are closed, everything but a GET is refused, each page is
    recorded with both people. The right to do so is asked anew at every request.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if KEY not in request.session or request.path_info.startswith(("/admin/", "/static/")):
            return self.get_response(request)
        session = live(request)
        if session is None:
            del request.session[KEY]
            return self.get_response(request)
        seen: Any = request
        seen.view_as, seen.real_user, seen.user = session, request.user, session.viewing_as
        return with_banner(request, self.get_response(request), session)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """Refuse what a look may not do, and record what it does. Raises PermissionDenied."""
        seen: Any = request
        session = getattr(seen, "view_as", None)
        if session is None:
            return
        closed = any(request.path_info.startswith(path) for path in conf.get("IDENTITY_PATHS"))
        if closed or request.method not in ("GET", "HEAD"):
            raise PermissionDenied("A look through somebody's eyes changes nothing and opens no account page.")
        if seen.tenant is None or seen.tenant.pk != session.tenant_id:
            raise PermissionDenied("The look is into one tenant; the member's others stay closed.")
        match: Any = request.resolver_match
        keys = {name: str(value) for name, value in match.kwargs.items()}
        details = {"route": match.view_name, "keys": keys, "as": str(session.viewing_as_id)}
        audit.record(
            "view_as.page_opened", by=seen.real_user, tenant=session.tenant_id, target=session, details=details
        )


def live(request: HttpRequest) -> StaffSession | None:
    """The session that this browser looks through, if it still may."""
    person: Any = request.user
    with identity_scope():
        if not is_staff_now(person):
            return None
        allowed = person.has_perm("operations.view_as_member")
    if not allowed:
        return None
    with staff_at_work(person, reason="which member is looked over"):
        found = StaffSession.objects.select_related("viewing_as", "tenant").filter(
            pk=request.session[KEY],
            actor_id=person.pk,
            viewing_as__is_active=True,
            viewing_as__is_staff=False,
            ended_at=None,
            expires_at__gt=timezone.now(),
        )
        session = found.first()
        # An owner who says no ends the looks that are going on, too.
        return session if session is None or session.tenant.config.features.view_as else None


def with_banner(request: HttpRequest, response: HttpResponseBase, session: StaffSession) -> HttpResponseBase:
    """Put the banner first into the body of every page of HTML."""
    if response.streaming or not response.get("Content-Type", "").startswith("text/html"):
        return response
    page: Any = response
    banner = render_to_string("operations/view_as_banner.html", {"session": session}, request).encode()
    page.content = BODY.sub(lambda body: body.group() + banner, page.content, count=1)
    if page.has_header("Content-Length"):
        page["Content-Length"] = str(len(page.content))
    return response
