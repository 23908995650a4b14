"""Files of tenants: stored below the tenant's own prefix, under names that a person cannot steer.

A typed file name is a label and never a path: it is cleaned for display, and the stored name is made of keys.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any
from uuid import UUID

from django.core.exceptions import SuspiciousFileOperation, ValidationError
from django.core.files.storage import storages
from django.db import models
from django.utils.translation import gettext_lazy as _

from .scope import ScopeKind, current_scope

PREFIX = "tenants"


def tenant_prefix(tenant_id: UUID) -> str:
    """The folder of one tenant, with a trailing slash."""
    return f"{PREFIX}/{tenant_id}/"


def stored_name(row: models.Model, name: str) -> str:
    """`upload_to` for tenant-owned models: ``tenants/<tenant>/<model>/<key>``; nothing a person typed is in it.

    Raises SuspiciousFileOperation for a row that has no tenant yet.
    """
    tenant_id = getattr(row, "tenant_id", None)
    if tenant_id is None:
        raise SuspiciousFileOperation("A file needs its row's tenant before it is stored: save inside tenant_scope().")
    return f"{tenant_prefix(tenant_id)}{row._meta.model_name}/{row.pk}"


def checked_label(name: str, *, longest: int = 150) -> str:
    """A typed file name, fit to be shown and offered for download.

    Raises ValidationError for names with path separators, control characters, leading dots, or without any letter or
    digit, and for names over `longest` characters: they are refused, not repaired, so that nobody is surprised.
    """
    label = unicodedata.normalize("NFC", name).strip()
    if len(label) > longest:
        raise ValidationError(_("The file name is longer than %(n)d characters."), params={"n": longest}, code="long")
    if re.search(r"[/\\\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]", label) or label.startswith("."):
        raise ValidationError(
            _("The file name may not hold slashes, control characters or a leading dot."), code="path"
        )
    if not re.search(r"\w", label):
        raise ValidationError(_("The file needs a name."), code="empty")
    return label


def open_tenant_file(name: str, *, storage: str = "default") -> Any:
    """Open a stored file of the tenant in scope for reading; in system scope of any, in a staff session of its tenants.

    Raises FileNotFoundError for another tenant's file exactly as for an absent one, and for any file in other scopes.
    """
    if not _is_in_scope(name.replace("\\", "/")):
        raise FileNotFoundError("No such file.")
    try:
        return storages[storage].open(name)
    except (FileNotFoundError, SuspiciousFileOperation) as error:
        raise FileNotFoundError("No such file.") from error


def _is_in_scope(name: str) -> bool:
    scope = current_scope()
    if ".." in name.split("/"):
        return False
    if scope.kind is ScopeKind.SYSTEM:
        return True
    tenants = scope.content if scope.tenant_id is None else {scope.tenant_id}
    return any(name.startswith(tenant_prefix(tenant)) for tenant in tenants)
