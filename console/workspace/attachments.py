"""Stores an attachment, and hands it out again by an address that is signed for one person in one tenant."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.core.signing import BadSignature, TimestampSigner
from django.db import transaction
from django.utils.translation import gettext as _

from tenancy import require_tenant_id

from .files import FileNotAccepted, judge
from .models import Attachment, Contact
from .records import save_record
from .uploads import MAX_ATTACHMENT_BYTES, MIB

SECONDS_VALID = 60
_signer = TimestampSigner(salt="workspace.attachment")


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


def sign(attachment: Attachment, user: Any) -> str:
    """A token that opens the attachment for `user`, in its tenant, for a minute."""
    return _signer.sign(f"{attachment.pk}:{_seal(attachment.tenant_id, user)}")


def unsign(token: str, user: Any) -> UUID | None:
    """The key of the attachment that `token` opens for `user` in the tenant in scope; None where it opens nothing."""
    try:
        key, seal = _signer.unsign(token, max_age=SECONDS_VALID).split(":")
        return UUID(key) if seal == _seal(require_tenant_id(), user) else None
    except (BadSignature, ValueError):
        return None


def _seal(tenant_id: UUID, user: Any) -> str:
    # Hashed, so that an address in a log names neither; the signature around it is what protects.
    return hashlib.sha256(f"{tenant_id}:{user.pk}".encode()).hexdigest()[:32]


def _digest(file: UploadedFile) -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()
