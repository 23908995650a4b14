"""Pages of exports: the form over a list or the trail, the maker's own exports, and the download."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.apps import apps
from django.contrib import messages
from django.contrib.admin.sites import site
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from console.pages import page
from tenancy import audit

from ..models import ExportFormat, ListExport, ListExportState
from . import orders
from .orders import NEEDED
from .reading import TRAIL
from .writing import TYPES

PLACES = ("_after", "_before", "before", "p")  # where the person was in the list: an export begins at its top


class ExportForm(forms.Form):
    """Which kind of file, and why."""

    format = forms.ChoiceField(
        label=gettext_lazy("Format"), choices=ExportFormat.choices, widget=UnfoldAdminSelectWidget
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=500, widget=UnfoldAdminTextareaWidget(attrs={"rows": 2})
    )


@page("exports/new/<str:source>/", name="export_list", permission=NEEDED)
def export_list(request: HttpRequest, source: str) -> HttpResponse:
    """Export a list as its filters stand in the address: at once where it is short, else as a job."""
    where = place_of(request, source)
    form = ExportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        query = {name: values for name, values in request.GET.lists() if name not in PLACES}
        given: dict[str, Any] = {"by": request.user, "reason": form.cleaned_data["reason"]}
        kind = form.cleaned_data["format"]
        content = orders.at_once(source, query, kind, **given)
        if content is not None:
            name = f"{source.replace('.', '-')}.{kind}"
            headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store, private"}
            return HttpResponse(content, content_type=TYPES[kind], headers=headers)
        orders.order(source, query, kind, **given)
        messages.success(request, _("The list is long: it is being written. It will stand here for a day."))
        return HttpResponseRedirect(reverse("admin:my_exports"))
    context = {
        **site.each_context(request),
        "title": _("Export"),
        "form": form,
        "source": source,
        "back": f"{where}?{request.GET.urlencode()}",
        "filters": [(name, value) for name, values in request.GET.lists() if name not in PLACES for value in values],
        "limit": orders.AT_ONCE,
    }
    return TemplateResponse(request, "operations/export.html", context)


def place_of(request: HttpRequest, source: str) -> str:
    """The address of the list. Raises Http404 where there is none and PermissionDenied where it may not be seen."""
    if source == TRAIL:
        if not request.user.has_perm("operations.view_auditevent"):  # type: ignore[union-attr]  # staff pages
            raise PermissionDenied
        return reverse("admin:audit_browser")
    try:
        model = apps.get_model(source)
        listed: Any = site._registry[model]
    except (LookupError, ValueError, KeyError):
        raise Http404 from None
    if not listed.has_view_permission(request):
        raise PermissionDenied
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


@page("exports/", name="my_exports", permission=NEEDED)
def my_exports(request: HttpRequest) -> HttpResponse:
    """What the person exported; nobody else's."""
    made = ListExport.objects.filter(requested_by=request.user.pk).order_by("-created_at", "-id")[:50]
    context = {**site.each_context(request), "title": _("Your exports"), "exports": made}
    return TemplateResponse(request, "operations/exports.html", context)


@page("exports/<uuid:key>/download/", name="download_export", permission=NEEDED)
def download_export(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """The file, to its maker alone; 404 once it is deleted. Recorded before the first byte."""
    mine = ListExport.objects.filter(pk=key, requested_by=request.user.pk, state=ListExportState.READY)
    made = mine.filter(keep_until__gt=timezone.now()).first()
    if made is None or not made.file:
        raise Http404
    audit.record("list.downloaded", by=request.user, target=made, details={"source": made.source, "rows": made.rows})
    name = f"{made.source.replace('.', '-')}.{made.format}"
    response = FileResponse(made.file.open("rb"), as_attachment=True, filename=name, content_type=TYPES[made.format])
    response["Cache-Control"] = "no-store, private"
    return response
