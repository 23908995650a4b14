"""The way back of an attachment: its row returns while its bytes are kept, and says so plainly once they are not."""

from __future__ import annotations

import hashlib
from typing import Any

from django.utils.translation import gettext_lazy as _


def no_bytes(row: Any, obj: Any) -> Any:
    """Why a deleted attachment does not return: the bytes go with the row, unless a backup brought them back."""
    if obj is not None or _digest(row) == row.sha256:
        return ""
    return _(
        "Its bytes were deleted with it, so the row alone would lead nowhere. A member of the tenant uploads the file "
        "again at the contact; or put the bytes back from the backup of the file store, under the same path, and "
        "restore it then."
    )


def _digest(row: Any) -> str:
    storage = type(row).instance_type._meta.get_field("file").storage
    digest = hashlib.sha256()
    try:
        with storage.open(str(row.file)) as stored:
            for chunk in stored.chunks():
                digest.update(chunk)
    except FileNotFoundError:
        return ""
    return digest.hexdigest()
