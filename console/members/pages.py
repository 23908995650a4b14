"""The pages of one import in the admin: the upload, the import as it stands, its progress and its lists as files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from console.needs import asks
from tenancy import TenantRefused, audit, tenant_scope
from tenancy.models import Tenant
from tenancy.scope import require_content

from .browse import LISTS
from .covering import cover_of
from .files import FileRefused, MappingError
from .forms import UploadForm
from .listing import list_file, refused_file
from .models import MemberImport
from .progress import is_working, progress_of
from .reading import uploaded_path
from .showing import shown
from .targets import TARGETS
from .uploading import upload


class ImportPages:
    """Mixed into the ModelAdmin; the views run in staff scope and open the tenant's for what they write."""

    model: Any
    admin_site: Any
    tenant_widget: Callable[[], Any]
    has_view_permission: Callable[..., bool]
    has_add_permission: Callable[..., bool]
    has_change_permission: Callable[..., bool]

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        own = [
            path("<uuid:pk>/progress/", wrap(require_GET(self.progress)), name="members_memberimport_progress"),
            path("<uuid:pk>/corrections.csv", wrap(require_GET(self.refused)), name="members_memberimport_refused"),
            path("<uuid:pk>/<slug:action>.csv", wrap(require_GET(self.download)), name="members_memberimport_download"),
        ]
        return [*own, *super().get_urls()]  # type: ignore[misc]  # of the ModelAdmin beside it

    @asks("add")
    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """The upload."""
        chosen = request.GET.get("tenant", "")
        initial = {"tenant": chosen} if is_key(chosen) else {}
        form = UploadForm(
            request.POST or None, request.FILES or None, tenant_widget=self.tenant_widget(), initial=initial
        )
        if request.method == "POST" and form.is_valid():
            tenant: Tenant = form.cleaned_data["tenant"]
            given = form.cleaned_data["file"]
            try:
                with uploaded_path(given) as file, tenant_scope(tenant):
                    item = upload(tenant, file, name=given.name, by=request.user)
                return self.back(item)
            except (TenantRefused, FileRefused, MappingError) as refused:
                form.add_error("file" if isinstance(refused, FileRefused) else None, str(refused))
        return self.render(request, "upload", {"form": form, "media": form.media, "title": _("Import members")})

    @asks("view")
    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The import as it stands; a GET changes nothing, and the verbs have addresses of their own."""
        if request.method != "GET":
            raise PermissionDenied
        item = self.item(object_id)
        context = {"title": _("Import of members"), "may_change": self.has_change_permission(request)}
        return self.render(request, "import", context | shown(request, item))

    @asks("view")
    def progress(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """The bar; once the job is over the page is loaded anew."""
        item = self.item(pk)
        if not is_working(item):
            return HttpResponse(headers={"HX-Refresh": "true"})
        return self.render(request, "progress", {"item": item, "progress": progress_of(item)})

    @asks("view")
    def refused(self, request: HttpRequest, pk: UUID) -> HttpResponseBase:
        """The refused rows as they stood in the file, to be corrected and imported again."""
        item = self.item(pk)
        if cover_of(request, item).hides_file:
            messages.error(request, _("Somebody else brought this file: its rows open in a staff session alone."))
            return self.back(item)
        try:
            response = refused_file(item)
        except FileRefused as refused:
            messages.error(request, str(refused))
            return self.back(item)
        self._recorded(request, item, "refused rows")
        return response

    @asks("view")
    def download(self, request: HttpRequest, pk: UUID, action: str) -> StreamingHttpResponse:
        """One list as CSV, streamed."""
        item = self.item(pk)
        if action not in LISTS:
            raise Http404
        self._recorded(request, item, action)
        return list_file(item, action, cover_of(request, item))

    def item(self, pk: Any) -> MemberImport:
        found: MemberImport | None = None
        if is_key(str(pk)):
            found = MemberImport.objects.select_related("tenant", "actor").filter(pk=pk).first()
        if found is None:
            raise Http404
        if not TARGETS[found.target].people:
            require_content(found.tenant_id)  # its rows and its file are a tenant's records, whoever asks
        return found

    def back(self, item: MemberImport) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:members_memberimport_change", args=[item.pk]))

    def render(self, request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
        base = {**self.admin_site.each_context(request), "opts": self.model._meta, "is_nav_sidebar_enabled": True}
        return TemplateResponse(request, f"admin/members/{name}.html", {**base, **context})

    def _recorded(self, request: HttpRequest, item: MemberImport, what: str) -> None:
        audit.record(
            "members.import_list_downloaded",
            by=request.user,
            tenant=item.tenant_id,
            target=item,
            details={"list": what},
        )


def is_key(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
