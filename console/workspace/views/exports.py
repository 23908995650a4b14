"""Taking data out: contacts as a table, and everything of the tenant as one archive."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from pii.restricted import without_restricted
from tenancy import TenantRefused, audit
from tenancy.decorators import require_action
from tenancy.http import TenantRequest
from tenancy.roles import Action

from ..contact_tables import export_contacts
from ..downloads import send, sign_download, unsign_download
from ..exporting.orders import DAYS_KEPT, order_export
from ..models import TenantExport
from ..people import actor_name, names_of
from .contacts import filtered_contacts


@require_GET
@require_action(Action.RECORDS_IMPORT)
def contact_export(request: TenantRequest, format: str) -> HttpResponseBase:
    """The contacts that the list shows, as CSV or XLSX."""
    listed, _text, _tag = filtered_contacts(request)
    found = without_restricted(listed)
    response = export_contacts(found, format)
    if left_out := listed.count() - found.count() if found is not listed else 0:
        text = _("%(n)d contacts were left out: processing of their data is restricted (Art. 18 GDPR).")
        messages.warning(request, text % {"n": left_out})
    audit.record("contacts.exported", by=request.user, tenant=request.tenant, details={"format": format})
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@require_action(Action.TENANT_EXPORT)
def export_page(request: TenantRequest) -> HttpResponse:
    """Earlier exports, and the button for a new one."""
    assert request.tenant is not None
    if request.method == "POST":
        try:
            order_export(request.tenant, by=request.user)
        except TenantRefused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("The export was ordered. This page shows when it is ready."))
        return redirect("workspace_export")
    exports = list(TenantExport.objects.order_by("-created_at", "-id")[:20])
    names = names_of(export.requested_by_id for export in exports)
    rows = [(export, actor_name(export.requested_by_id, names), _rows(export)) for export in exports]
    context = {"rows": rows, "busy": any(export.is_busy for export in exports), "days": DAYS_KEPT}
    partial = request.headers.get("HX-Request")
    return render(request, f"workspace/export_{'rows' if partial else 'page'}.html", context)


@require_GET
@require_action(Action.TENANT_EXPORT)
def export_open(request: HttpRequest, key: UUID) -> HttpResponse:
    """Lead to the signed address of an archive."""
    return redirect("workspace_export_download", sign_download(access_export_by_id(key), request.user))


@require_GET
@require_action(Action.TENANT_EXPORT)
def export_download(request: TenantRequest, token: str) -> HttpResponseBase:
    """The archive; that it was taken is recorded."""
    assert request.tenant is not None
    opened = unsign_download(token, request.user)
    if opened is None or opened[0] != "tenantexport":
        raise Http404
    export = access_export_by_id(opened[1])
    response = send(export.file.name, f"{request.tenant.slug}-{export.created_at:%Y-%m-%d}.zip", "application/zip")
    audit.record("tenant.export_downloaded", by=request.user, tenant=request.tenant, target=export)
    return response


def access_export_by_id(key: UUID) -> TenantExport:
    """A ready export in scope. Raises Http404 for an absent one, another tenant's, and one without an archive."""
    found: TenantExport | None = TenantExport.objects.filter(pk=key).first()
    if found is None or not found.file:
        raise Http404
    return found


def _rows(export: TenantExport) -> Any:
    return sum(count for name, count in export.contents.items() if name != "files")
