"""Files of contacts and of members: upload, mapping, preview, confirmation, progress, and a file of refused rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from console.members import flow, undo
from console.members.browse import page
from console.members.choices import Choices, Missing
from console.members.files import FileRefused, MappingError
from console.members.listing import refused_file
from console.members.models import ImportState, MemberImport
from console.members.progress import progress_of
from console.members.reading import kept_file, uploaded_path
from console.members.showing import sample
from console.members.states import is_busy
from console.members.targets import TARGETS
from console.members.uploading import look, upload
from tenancy import TenantRefused
from tenancy.decorators import require_action
from tenancy.http import TenantRequest
from tenancy.roles import Action, can

from ..importing.presenting import present
from ..uploads import MAX_IMPORT_BYTES, MIB, accepts_upload

ACTIONS = {"contacts": Action.RECORDS_IMPORT, "members": Action.MEMBERS_MANAGE}
LISTS = ("refused", "new", "changed", "missing", "skipped")
SHOWN = 20
Refused = (FileRefused, MappingError, TenantRefused)


@accepts_upload(MAX_IMPORT_BYTES)
@require_http_methods(["GET", "HEAD", "POST"])
@require_action(Action.RECORDS_IMPORT)
def import_start(request: TenantRequest, kind: str) -> HttpResponse:
    """The upload, and the imports so far."""
    _require(request, kind)
    refusal = getattr(request, "refused_upload", "")
    if request.method == "POST" and not refusal:
        given = request.FILES.get("file")
        if given is None:
            refusal = _("Choose a file first.")
        elif (given.size or 0) > MAX_IMPORT_BYTES:
            refusal = _("The file is larger than %(n)d MB.") % {"n": MAX_IMPORT_BYTES // MIB}
        else:
            try:
                item = _upload(request, kind, given)
            except Refused as refused:
                refusal = str(refused)
            else:
                return redirect("workspace_import", item.pk)
    found = MemberImport.objects.filter(target=kind).order_by("-created_at", "id")[:20]
    context = {"kind": kind, "refusal": refusal, "imports": found, "label": TARGETS[kind].file.label}
    context["fields"] = [field.label for field in TARGETS[kind].file.fields if field.stored]
    return render(request, "workspace/import_start.html", context, status=422 if refusal else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@require_action(Action.RECORDS_IMPORT)
def import_page(request: TenantRequest, key: UUID) -> HttpResponse:
    """One import as it stands; a POST moves it on."""
    item = access_import_by_id(request, key)
    if request.method == "POST":
        act = STEPS.get(request.POST.get("act", ""))
        if act is None:
            raise Http404
        try:
            act(request, item)
        except Refused as refused:
            messages.error(request, str(refused))
        return redirect("workspace_import", item.pk)
    context = {"item": item, "label": TARGETS[item.target].file.label, "busy": is_busy(item), **_shown(request, item)}
    partial = request.headers.get("HX-Request")
    response = render(request, f"workspace/import_{'state' if partial else 'page'}.html", context)
    if partial and not context["busy"]:
        response["HX-Refresh"] = "true"
    return response


@require_GET
@require_action(Action.RECORDS_IMPORT)
def import_refused(request: TenantRequest, key: UUID) -> HttpResponseBase:
    """The refused rows with why: correct them and import the file again."""
    item = access_import_by_id(request, key)
    try:
        return refused_file(item)
    except FileRefused as refused:
        messages.error(request, str(refused))
        return redirect("workspace_import", item.pk)


def access_import_by_id(request: TenantRequest, key: UUID) -> MemberImport:
    """The import in scope. Raises Http404 for an absent one and another tenant's, PermissionDenied for the role."""
    found: MemberImport | None = MemberImport.objects.select_related("tenant").filter(pk=key).first()
    if found is None:
        raise Http404
    _require(request, found.target)
    return found


def _require(request: TenantRequest, kind: str) -> None:
    if not can(request.user_tenant_role, ACTIONS[kind]):
        raise PermissionDenied


def _upload(request: TenantRequest, kind: str, given: Any) -> MemberImport:
    assert request.tenant is not None
    assert request.user_tenant_role is not None
    with uploaded_path(given) as path:
        return upload(
            request.tenant,
            path,
            name=given.name or "file",
            by=request.user,
            ceiling=request.user_tenant_role,
            target=kind,
        )


def _check(request: TenantRequest, item: MemberImport) -> None:
    """Keep the mapping and the choices, and order the preview."""
    columns = item.detected.get("columns", [])
    mapping = {column["name"]: request.POST.get(f"column{index}", "") for index, column in enumerate(columns)}
    known = {field.name for field in TARGETS[item.target].file.fields}
    item.overrides = item.overrides | {
        "mapping": {name: field if field in known else "ignore" for name, field in mapping.items()}
    }
    members = item.target == "members"
    item.choices = Choices(
        strict="strict" in request.POST,
        invite=members and "invite" in request.POST,
        missing=Missing.DEACTIVATE if members and "deactivate" in request.POST else Missing.NOTHING,
    ).dump()
    with kept_file(item) as path:
        detection = look(item, path)
    if detection.missing:
        raise MappingError(
            _("No column holds the %(what)s: choose one.") % {"what": ", ".join(detection.missing).lower()}
        )
    flow.check(item, by=request.user)


def _reopen(request: TenantRequest, item: MemberImport) -> None:
    flow.reopen(item)


def _confirm(request: TenantRequest, item: MemberImport) -> None:
    flow.confirm(item, by=request.user, seen=request.POST.get("seen") or None)
    flow.order(item, "run", by=request.user)


def _discard(request: TenantRequest, item: MemberImport) -> None:
    flow.discard(item, by=request.user)
    messages.success(request, _("The import was discarded; nothing more is written."))


def _undo(request: TenantRequest, item: MemberImport) -> None:
    undo.request(item, by=request.user)
    flow.order(item, "undo", by=request.user)


def _resume(request: TenantRequest, item: MemberImport) -> None:
    flow.resume(item, by=request.user)


STEPS: dict[str, Callable[[TenantRequest, MemberImport], None]] = {
    "check": _check,
    "reopen": _reopen,
    "confirm": _confirm,
    "discard": _discard,
    "resume": _resume,
    "undo": _undo,
}


def _shown(request: TenantRequest, item: MemberImport) -> dict[str, Any]:
    """What the page of the import's state needs."""
    if is_busy(item):
        return {"progress": progress_of(item)}
    if item.state == ImportState.UPLOADED:
        return _mapping(request, item)
    lists = [(name, item.counts.get(name, 0), page(item, name, size=SHOWN)) for name in LISTS if item.counts.get(name)]
    for _name, _count, found in lists:
        for row in found:
            present(row)
    return {
        "lists": lists,
        "strict": item.choices.get("strict"),
        "applied": item.applied,
        "undoable": undo.is_possible(item),
        "stamp": flow.stamp(item),
    }


def _mapping(request: TenantRequest, item: MemberImport) -> dict[str, Any]:
    """Each column with what stands in it and what it becomes."""
    context = {"fields": TARGETS[item.target].file.fields, "columns": item.detected.get("columns", [])}
    try:
        context |= sample(request, item)
    except (FileRefused, MappingError) as refused:
        return context | {"problem": str(refused)}
    raw = context["raw"]
    context["columns"] = [
        column | {"values": raw[number] if number < len(raw) else []}
        for number, column in enumerate(item.detected.get("columns", []))
    ]
    return context
