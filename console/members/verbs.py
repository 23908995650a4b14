"""The verbs of an import in the admin: each is a POST behind a permission and leads back to the import's page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from console import jobs as queue
from console.needs import asks
from tenancy import TenantRefused, tenant_scope

from . import flow, undo
from .files import FileRefused, MappingError
from .models import MemberImport
from .pages import ImportPages
from .progress import job_of
from .showing import choose, sample

Refused = (FileRefused, MappingError, TenantRefused)


class ImportVerbs(ImportPages):
    """Mixed into the ModelAdmin, with the pages."""

    def get_urls(self) -> list[Any]:
        verbs = {
            "check": self.check_file,
            "sample": self.sample,
            "confirm": self.confirm,
            "reopen": self.change_mapping,
            "resume": self.resume,
            "stop": self.stop,
            "discard": self.discard,
            "undo": self.undo,
        }
        own = [
            path(
                f"<uuid:pk>/{name}/",
                self.admin_site.admin_view(require_POST(view)),
                name=f"members_memberimport_{name}",
            )
            for name, view in verbs.items()
        ]
        return [*own, *super().get_urls()]

    @asks("change")
    def sample(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """The first rows as they would be read with the mapping at hand; keeps nothing."""
        item = self.item(pk)
        try:
            choose(item, request.POST)
            context = sample(request, item)
        except (FileRefused, MappingError) as refused:
            context = {"problem": str(refused)}
        return self.render(request, "sample", context)

    @asks("change")
    def check_file(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Keep mapping and choices, and order the preview."""

        def act(item: MemberImport) -> None:
            choose(item, request.POST)
            flow.check(item, by=request.user)

        return self._do(request, pk, act)

    @asks("change")
    def change_mapping(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Back to the mapping."""
        return self._do(request, pk, flow.reopen)

    @asks("change")
    def confirm(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Say yes to the preview that was shown, and order the run."""

        def act(item: MemberImport) -> None:
            flow.confirm(item, by=request.user, seen=request.POST.get("seen") or None)
            flow.order(item, "run", by=request.user)

        return self._do(request, pk, act)

    @asks("change")
    def resume(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Go on with a step whose job stopped or died."""
        return self._do(request, pk, lambda item: flow.resume(item, by=request.user))

    @asks("change")
    def stop(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Ask the running job to stop after its current step."""

        def act(item: MemberImport) -> None:
            run = job_of(item)
            if run is None:
                raise TenantRefused(_("No job is working on it."), code="no_job")
            queue.cancel(run, by=request.user)

        return self._do(request, pk, act, scoped=False)

    @asks("change")
    def discard(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Give it up."""
        return self._do(request, pk, lambda item: flow.discard(item, by=request.user))

    @asks("change")
    def undo(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Take it back."""

        def act(item: MemberImport) -> None:
            undo.request(item, by=request.user)
            flow.order(item, "undo", by=request.user)

        return self._do(request, pk, act)

    def _do(
        self, request: HttpRequest, pk: UUID, act: Callable[[MemberImport], None], *, scoped: bool = True
    ) -> HttpResponse:
        """Act in the tenant's scope (or in the staff's, for the queue), and say why not where it was refused."""
        item = self.item(pk)
        try:
            if scoped:
                with tenant_scope(item.tenant_id):
                    act(item)
            else:
                act(item)
        except Refused as refused:
            messages.error(request, str(refused))
        return self.back(item)
