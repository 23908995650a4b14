"""Stores an attachment once its bytes were judged."""

from __future__ import annotations

import hashlib
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from tenancy import require_tenant_id

from .files import FileNotAccepted, judge
from .models import Attachment, Contact
from .records import save_record
from .uploads import MAX_ATTACHMENT_BYTES, MIB


def attach(contact: Contact, file: UploadedFile, *, by: Any) -> Attachment:
    """Judge the file and keep it. Raises FileNotAccepted, with nothing stored."""
    size = file.size or 0
    if size > MAX_ATTACHMENT_BYTES:
        raise FileNotAccepted(_("The file is larger than %(n)d MB.") % {"n": MAX_ATTACHMENT_BYTES // MIB})
    name = file.name or ""
    kind = judge(file, name)  # type: ignore[arg-type]
    attachment = Attachment(
        contact=contact,
        tenant_id=require_tenant_id(),
        uploaded_by_id=by.pk,
        name=name,
        content_type=kind.content_type,
        size=size,
        sha256=_digest(file),
    )
    attachment.file.save(name, file, save=False)
    try:
        with transaction.atomic():
            save_record(attachment, by=by)
    except BaseException:
        attachment.file.storage.delete(attachment.file.name)
        raise
    return attachment


def _digest(file: UploadedFile) -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()
