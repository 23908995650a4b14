"""Files on a contact: upload, download, delete."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from console.preferences.features import require_feature
from tenancy.decorators import require_action
from tenancy.roles import Action

from ..attachments import attach
from ..downloads import send, sign_download, unsign_download
from ..files import FileNotAccepted
from ..records import access_attachment_by_id, access_contact_by_id, delete_record
from ..uploads import MAX_ATTACHMENT_BYTES, accepts_upload
from .contacts import show_contact


@accepts_upload(MAX_ATTACHMENT_BYTES)
@require_POST
@require_action(Action.RECORDS_WRITE)
@require_feature("files")
def attachment_create(request: HttpRequest, key: UUID) -> HttpResponse:
    """Upload a file, or say why it is refused."""
    contact = access_contact_by_id(key)
    refusal = getattr(request, "refused_upload", "")
    file = request.FILES.get("file")
    if not refusal and file is None:
        refusal = _("Choose a file first.")
    if not refusal and file is not None:
        try:
            attach(contact, file, by=request.user)
        except FileNotAccepted as error:
            refusal = str(error)
        else:
            messages.success(request, _("The file was stored."))
            return redirect("workspace_contact", contact.pk)
    return show_contact(request, contact, 422, file_error=refusal)


@require_GET
@require_action(Action.RECORDS_READ)
def attachment_open(request: HttpRequest, key: UUID) -> HttpResponse:
    """Lead to the signed address, which is good for a minute, this person and this tenant."""
    return redirect("workspace_download", sign_download(access_attachment_by_id(key), request.user))


@require_GET
@require_action(Action.RECORDS_READ)
def attachment_download(request: HttpRequest, token: str) -> HttpResponseBase:
    """The bytes, always as a download and never as something that a browser shows or runs."""
    opened = unsign_download(token, request.user)
    if opened is None or opened[0] != "attachment":
        raise Http404
    attachment = access_attachment_by_id(opened[1])
    return send(attachment.file.name, attachment.name, attachment.content_type)


@require_POST
@require_action(Action.RECORDS_WRITE)
def attachment_delete(request: HttpRequest, key: UUID) -> HttpResponse:
    """Delete a file; its bytes go with it."""
    attachment = access_attachment_by_id(key)
    delete_record(attachment, by=request.user)
    messages.success(request, _("The file was deleted."))
    return redirect("workspace_contact", attachment.contact_id)
