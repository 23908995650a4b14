"""The page of every recorded change of settings, and the way back to any version."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from . import store
from .documents import ABSENT
from .form.show import show
from .pages import Pages
from .registry import registry

SHOWN = 25


class HistoryPage(Pages):
    """Every change, who made it, when and why; and the way back."""

    can_roll_back: ClassVar[bool] = True

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """The newest changes, or those before a version."""
        rows = self.target().history()
        before = request.GET.get("before", "")
        if before.isdecimal() and len(before) < 10:
            rows = rows.filter(version__lt=int(before))
        page = list(rows[: SHOWN + 1])
        entries = [
            {"row": row, "who": self.who(row.actor_id), "lines": recorded_lines(row.changes)} for row in page[:SHOWN]
        ]
        notice = _("The settings were brought back.") if "done" in request.GET else ""
        older = page[SHOWN - 1].version if len(page) > SHOWN else None
        reaches_start = not older and bool(entries) and page[-1].version == 1
        return self.show(
            "history",
            entries=entries,
            older=older,
            notice=notice,
            can_roll_back=self.can_roll_back,
            reaches_start=reaches_start,
        )

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show what going back would change; do it on ``rollback``, unless something changed since it was shown."""
        target = self.target()
        tenant = getattr(target, "tenant", None)
        version = request.POST.get("version", "")
        if tenant is None or not self.can_roll_back or not (version.isdecimal() and len(version) < 10):
            raise Http404
        reason = request.POST.get("reason", "").strip()[:500]
        is_final = request.POST.get("_do") == "rollback" and request.POST.get("seen") == str(target.version)
        is_final = is_final and bool(reason or not self.reason_required)
        options = {"by": self.actor(), "reason": reason, "editor": self.editor()}
        try:
            made, kept = store.rollback(tenant, int(version), dry_run=not is_final, **options)
        except LookupError:
            raise Http404 from None
        if is_final:
            return HttpResponseRedirect(f"{request.path}?done=1")
        lines = recorded_lines(made.changes) if made else []
        return self.show(
            "rollback", version=int(version), lines=lines, kept=kept, reason=reason, seen=tenant.settings_version
        )


def recorded_lines(changes: dict[str, Any]) -> list[tuple[str, str, str]]:
    """(name, before, after) in words of a recorded change."""
    lines = []
    for group, entry in changes.items():
        for key, both in entry["keys"].items():
            name = f"{group}.{key}"
            schema = registry.setting(name).schema if name in registry.names() else {}
            if both.get("secret"):
                words = tuple(_("a secret") if both[side] else _("not set") for side in ("before", "after"))
            else:
                words = tuple(show(both.get(side, ABSENT), schema) for side in ("before", "after"))
            lines.append((name, words[0], words[1]))
    return lines
