"""Addresses of downloads: signed for one tenant and one person, good for a minute."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.signing import BadSignature
from django.db import models
from django.http import FileResponse, Http404

from tenancy.files import open_tenant_file
from tenancy.signing import sign, unsign

VALID = timedelta(minutes=1)
PURPOSE = "workspace.download"


def sign_download(row: models.Model, user: Any) -> str:
    """A token that opens the row's file for `user` in the tenant in scope."""
    return sign([row._meta.model_name, str(row.pk), str(user.pk)], purpose=PURPOSE)


def unsign_download(token: str, user: Any) -> tuple[str, UUID] | None:
    """Kind and key of the row that `token` opens for `user` in the tenant in scope; None where it opens nothing."""
    try:
        kind, key, person = unsign(token, purpose=PURPOSE, max_age=VALID)
        return (kind, UUID(key)) if person == str(user.pk) else None
    except (BadSignature, ValueError, TypeError):
        return None


def send(stored: str, name: str, content_type: str) -> FileResponse:
    """The bytes, always as a download and never as something that a browser shows or runs. Raises Http404."""
    try:
        content = open_tenant_file(stored)
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(content, as_attachment=True, filename=name)
    response["Content-Type"] = content_type
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
