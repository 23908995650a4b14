"""Actions over selected rows, ticked or all that match: counted and shown first, then frozen as a bulk change."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

SAMPLE = 10


def bulk_action(*, permission: str, title: Any, consequence: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """An action over selected rows: asks first, naming consequence, count and a sample, and for a reason.

    The method gets ``(obj, *, by, reason)`` once per row, each in a transaction of its own; what it refuses
    (TenantRefused, ValidationError) is the row's outcome. The rows are frozen when confirmed. Few are carried out at
    once, more by a job; above `settings.FOUR_EYES_ABOVE` rows a second person must approve first.
    """

    def decorate(method: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(method)
        def run(self: Any, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
            if not getattr(self, f"has_{permission}_permission")(request):
                raise PermissionDenied
            reason = request.POST.get("reason", "").strip()[:500]
            if "confirmed" not in request.POST or not reason:
                return ask(self, request, queryset, missing="confirmed" in request.POST)
            return confirmed(self, request, queryset, reason)

        def confirmed(self: Any, request: HttpRequest, queryset: QuerySet[Any], reason: str) -> HttpResponse | None:
            from console.operations.bulk import runs

            frozen = runs.freeze(self, method.__name__, queryset, by=request.user, reason=reason)
            expected = request.POST.get("expected", "")
            if expected.isdecimal() and int(expected) != frozen.total:
                frozen.delete()
                return ask(self, request, queryset, moved=True)
            if frozen.total > settings.FOUR_EYES_ABOVE:
                runs.ask_for(frozen)
                words = _("%(n)d rows are many: somebody else must approve this under Approvals within a day.")
                messages.warning(request, words % {"n": frozen.total})
            else:
                runs.start(frozen)
                tell(request, frozen)
            return None

        def ask(self: Any, request: HttpRequest, queryset: QuerySet[Any], **state: bool) -> HttpResponse:
            context = {
                **self.admin_site.each_context(request),
                "title": title,
                "consequence": consequence,
                "total": queryset.count(),
                "sample": queryset[:SAMPLE],
                "selected": request.POST.getlist("_selected_action"),
                "across": request.POST.get("select_across", "0") == "1",
                "action_name": method.__name__,
                "opts": self.model._meta,
                "media": self.media,
                "limit": settings.FOUR_EYES_ABOVE,
                **state,
            }
            return TemplateResponse(request, "admin/confirm_bulk_action.html", context)

        run.short_description = title  # type: ignore[attr-defined]  # how Django's admin is told
        run.act = method  # type: ignore[attr-defined]  # what is done to one row
        run.allowed_permissions = [permission]  # type: ignore[attr-defined]  # as Django's own decorator names it
        return run

    return decorate


def tell(request: HttpRequest, run: Any) -> None:
    """Say what became of a bulk change that was carried out at once, or where to look for one that was not."""
    from console.operations.models import BulkState, RowState

    if run.state != BulkState.FINISHED:
        messages.success(request, _("A job works on %(n)d rows: see Bulk changes.") % {"n": run.total})
        return
    messages.success(request, ngettext("%d row done.", "%d rows done.", run.done) % run.done)
    if run.refused:
        left = run.rows.exclude(state=RowState.DONE)[:5]
        words = "; ".join(f"{row.object_id}: {row.note or row.get_state_display()}" for row in left)
        messages.warning(request, _("Refused: %s") % words)
