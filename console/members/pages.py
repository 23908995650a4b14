"""The pages of one import in the admin: each verb is a POST behind a permission, each list a page and a file."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from console import jobs as queue
from tenancy import TenantRefused, audit, tenant_scope
from tenancy.models import Tenant
from tenancy.scope import require_content

from . import flow, undo
from .browse import LISTS, PAGE, page, pages
from .corrections import write_refused
from .files import FileRefused, MappingError, read_rows
from .files.exports import neutralise
from .forms import ChoicesForm, MappingForm, ReadingForm, UploadForm
from .models import ImportState, MemberImport
from .progress import is_working, job_of, progress_of
from .reading import kept_file, uploaded_path
from .targets import TARGETS

SAMPLE = 5


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
            path(f"<uuid:pk>/{name}/", wrap(require_POST(view)), name=f"members_memberimport_{name}")
            for name, view in verbs.items()
        ]
        own += [
            path("<uuid:pk>/progress/", wrap(require_GET(self.progress)), name="members_memberimport_progress"),
            path("<uuid:pk>/corrections.csv", wrap(require_GET(self.refused)), name="members_memberimport_refused"),
            path("<uuid:pk>/<slug:action>.csv", wrap(require_GET(self.download)), name="members_memberimport_download"),
        ]
        return [*own, *super().get_urls()]  # type: ignore[misc]  # of the ModelAdmin beside it

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """The upload."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        chosen = request.GET.get("tenant", "")
        initial = {"tenant": chosen} if _is_key(chosen) else {}
        form = UploadForm(
            request.POST or None, request.FILES or None, tenant_widget=self.tenant_widget(), initial=initial
        )
        if request.method == "POST" and form.is_valid():
            tenant: Tenant = form.cleaned_data["tenant"]
            upload = form.cleaned_data["file"]
            try:
                with uploaded_path(upload) as file, tenant_scope(tenant):
                    item = flow.upload(tenant, file, name=upload.name, by=request.user)
                return self._back(item)
            except (TenantRefused, FileRefused, MappingError) as refused:
                form.add_error(None, str(refused))
        return self._render(request, "upload", {"form": form, "media": form.media, "title": _("Import members")})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The import as it stands; a GET changes nothing, and the verbs have addresses of their own."""
        if request.method != "GET":
            raise PermissionDenied
        if not self.has_view_permission(request):
            raise PermissionDenied
        item = self._item(object_id)
        context: dict[str, Any] = {"title": _("Import of members"), **self._shown(request, item)}
        return self._render(request, "import", context)

    def sample(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """The first rows as they would be read with the mapping at hand; keeps nothing."""
        self._require(request, self.has_change_permission)
        item = self._item(pk)
        try:
            self._choose(request, item, save=False)
            context = self._sample(item)
        except (FileRefused, MappingError) as refused:
            context = {"problem": str(refused)}
        return self._render(request, "sample", context)

    def check_file(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Keep mapping and choices, and order the preview."""
        item = self._claim(request, pk)
        if item.state not in (ImportState.UPLOADED, ImportState.PREVIEWED, ImportState.STOPPED):
            messages.error(request, _("The file cannot be checked in this state."))
            return self._back(item)
        try:
            self._choose(request, item, save=True)
            with tenant_scope(item.tenant_id):
                flow.order(item, "preview", by=request.user)
        except (FileRefused, MappingError, TenantRefused) as refused:
            messages.error(request, str(refused))
        return self._back(item)

    def change_mapping(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Back to the mapping."""
        return self._do(request, pk, lambda item: flow.reopen(item))

    def confirm(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Say yes, and order the run."""

        def act(item: MemberImport) -> None:
            flow.confirm(item, by=request.user)
            flow.order(item, "run", by=request.user)

        return self._do(request, pk, act)

    def resume(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Go on with a step whose job stopped or died."""

        def act(item: MemberImport) -> None:
            if is_working(item):
                raise TenantRefused(_("A job is working on it."), code="working")
            flow.order(item, flow.step_of(item), by=request.user)

        return self._do(request, pk, act)

    def stop(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Ask the running job to stop after its current step."""

        def act(item: MemberImport) -> None:
            run = job_of(item)
            if run is None:
                raise TenantRefused(_("No job is working on it."), code="no_job")
            queue.cancel(run, by=request.user)

        self._require(request, self.has_change_permission)
        item = self._item(pk)
        try:
            act(item)
        except TenantRefused as refused:
            messages.error(request, str(refused))
        return self._back(item)

    def discard(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Give it up."""

        def act(item: MemberImport) -> None:
            if is_working(item):
                raise TenantRefused(_("A job is working on it: stop it first."), code="working")
            flow.discard(item, by=request.user)

        return self._do(request, pk, act)

    def undo(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Take it back."""

        def act(item: MemberImport) -> None:
            undo.request(item, by=request.user)
            flow.order(item, "undo", by=request.user)

        return self._do(request, pk, act)

    def progress(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """The bar; once the job is over the page is loaded anew."""
        self._require(request, self.has_view_permission)
        item = self._item(pk)
        if not is_working(item):
            return HttpResponse(headers={"HX-Refresh": "true"})
        return self._render(request, "progress", {"item": item, "progress": progress_of(item)})

    def refused(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """The refused rows as they stood in the file, to be corrected and imported again."""
        self._require(request, self.has_view_permission)
        item = self._item(pk)
        response = HttpResponse(content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="import-{item.number}-refused.csv"'
        response.write("\ufeff")
        try:
            write_refused(item, response)  # type: ignore[arg-type]  # a response is written like a file
        except FileRefused as refused:
            messages.error(request, str(refused))
            return self._back(item)
        self._recorded(request, item, "refused rows")
        return response

    def download(self, request: HttpRequest, pk: UUID, action: str) -> StreamingHttpResponse:
        """One list as CSV, streamed."""
        self._require(request, self.has_view_permission)
        item = self._item(pk)
        if action not in LISTS:
            raise Http404
        self._recorded(request, item, action)
        response = StreamingHttpResponse(_csv(item, action), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="import-{item.number}-{action}.csv"'
        return response

    def _shown(self, request: HttpRequest, item: MemberImport) -> dict[str, Any]:
        working = is_working(item)
        context: dict[str, Any] = {
            "item": item,
            "working": working,
            "stuck": flow.is_busy(item) and not working,
            "may_change": self.has_change_permission(request),
            "columns": [entry for entry in item.detected.get("columns", []) if entry["field"]],
        }
        if working:
            return context | {"progress": progress_of(item)}
        if item.state == ImportState.UPLOADED:
            return context | self._mapping(item)
        chosen = request.GET.get("list", "")
        lists = [(name, int(item.counts.get(name, 0))) for name in LISTS if item.counts.get(name)]
        if chosen not in LISTS:
            chosen = "refused" if item.counts.get("refused") else (lists[0][0] if lists else "new")
        after = request.GET.get("after", "")
        rows = (
            page(item, chosen, int(after) if after.lstrip("-").isdigit() else None, PAGE) if item.previewed_at else []
        )
        context |= {
            "lists": lists,
            "chosen": chosen,
            "rows": rows,
            "next": rows[-1]["line"] if len(rows) == PAGE else None,
            "labels": {field.name: field.label for field in TARGETS[item.target].file.fields},
        }
        if item.state == ImportState.DONE:
            context["conflicts"] = undo.conflicts_of(item, 20)
        return context

    def _mapping(self, item: MemberImport) -> dict[str, Any]:
        forms: dict[str, Any] = {
            "mapping": MappingForm(item),
            "reading": ReadingForm(initial=item.overrides),
            "choices": ChoicesForm(item),
        }
        try:
            return forms | self._sample(item)
        except (FileRefused, MappingError) as refused:
            return forms | {"problem": str(refused)}

    def _sample(self, item: MemberImport) -> dict[str, Any]:
        target = TARGETS[item.target].file
        with kept_file(item) as file:
            detection = flow.look(item, file)
            rows, _translator = read_rows(detection, rules=flow.rules_of(item))
            shown = [row for row, _number in zip(rows, range(40), strict=False) if not row.skipped][:SAMPLE]
        raw = _columns(detection.sample, len(detection.header.names))
        return {
            "item": item,
            "sample_fields": target.stored,
            "sample_rows": [(row, row.values or []) for row in shown],
            "raw": raw,
            "missing": detection.missing,
        }

    def _choose(self, request: HttpRequest, item: MemberImport, *, save: bool) -> None:
        """Take mapping, reading and choices from the form. Raises MappingError with what is wrong."""
        mapping, reading = MappingForm(item, request.POST), ReadingForm(request.POST)
        choices = ChoicesForm(item, request.POST)
        for form in (mapping, reading, choices):
            if not form.is_valid():
                raise MappingError("; ".join(str(error) for errors in form.errors.values() for error in errors))
        overrides = reading.overrides()
        if overrides == {name: value for name, value in item.overrides.items() if name != "mapping"}:
            overrides["mapping"] = mapping.mapping()  # with another delimiter the columns are others
        item.overrides, item.choices = overrides, choices.choices().dump()
        with kept_file(item) as file:
            flow.look(item, file)
        if save:
            with tenant_scope(item.tenant_id):
                item.save(update_fields=["overrides", "choices", "detected", "notes", "header_hash"])

    def _do(self, request: HttpRequest, pk: UUID, act: Callable[[MemberImport], None]) -> HttpResponse:
        item = self._claim(request, pk)
        try:
            with tenant_scope(item.tenant_id):
                act(item)
        except TenantRefused as refused:
            messages.error(request, str(refused))
        return self._back(item)

    def _claim(self, request: HttpRequest, pk: UUID) -> MemberImport:
        self._require(request, self.has_change_permission)
        return self._item(pk)

    def _require(self, request: HttpRequest, permission: Callable[..., bool]) -> None:
        if not permission(request):
            raise PermissionDenied

    def _item(self, pk: Any) -> MemberImport:
        found: MemberImport | None = None
        if _is_key(str(pk)):
            found = MemberImport.objects.select_related("tenant", "actor").filter(pk=pk).first()
        if found is None:
            raise Http404
        if not TARGETS[found.target].people:
            require_content(found.tenant_id)  # its rows and its file are a tenant's records, whoever asks
        return found

    def _recorded(self, request: HttpRequest, item: MemberImport, what: str) -> None:
        audit.record(
            "members.import_list_downloaded",
            by=request.user,
            tenant=item.tenant_id,
            target=item,
            details={"list": what},
        )

    def _back(self, item: MemberImport) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:members_memberimport_change", args=[item.pk]))

    def _render(self, request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
        base = {**self.admin_site.each_context(request), "opts": self.model._meta, "is_nav_sidebar_enabled": True}
        return TemplateResponse(request, f"admin/members/{name}.html", {**base, **context})


def _columns(sample: Any, width: int) -> list[list[str]]:
    return [[row.cells[place][:60] for row in sample[:3] if place < len(row.cells)] for place in range(width)]


def _is_key(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


class _Line:
    """Hands each written line on instead of keeping it."""

    def write(self, text: str) -> str:
        return text


def _csv(item: MemberImport, action: str) -> Iterator[str]:
    names = [column.field for column in TARGETS[item.target].columns]
    writer: Any = csv.writer(_Line())  # type: ignore[arg-type]  # the writer returns what `write` returns
    yield "\ufeff" + writer.writerow(["line", "email", *names, "before", "why"])
    for row in pages(item, action):
        why = row["reason"] or " ".join(f"{entry['reason']} {entry['remedy']}" for entry in row["problems"])
        before = ", ".join(f"{change['field']}: {change['before']}" for change in row["changes"])
        values = ["" if row["values"].get(name) is None else str(row["values"][name]) for name in names]
        yield writer.writerow([row["line"], *map(neutralise, [row["key"], *values, before, why])])
