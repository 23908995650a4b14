"""Takes a file in: keeps it under its tenant, says how it would be read, and remembers how such files were read."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from tenancy import Action, Role, TenantRefused, audit, can
from tenancy.models import Tenant, TenantState

from .choices import Choices
from .files import Detection, MappingError, detect
from .files.headers import normalise
from .files.problems import presentable
from .models import ImportState, MemberImport
from .reading import overrides_of
from .targets import TARGETS

KEEP_DAYS = 30


def upload(
    tenant: Tenant,
    path: Path,
    *,
    name: str,
    by: Any,
    overrides: Mapping[str, Any] | None = None,
    choices: Choices | None = None,
    ceiling: Role | str = Role.OWNER,
    target: str = "members",
) -> MemberImport:
    """Keep the file at `path` as a new import of `tenant`, in its scope, with what detection says of it.

    `ceiling` is the highest role that the importer may give; in the workspace their own. Raises FileRefused,
    MappingError and TenantRefused (``tenant_archived``, ``switched_off``, ``escalation``).
    """
    refuse_closed(tenant)
    if target == "members" and not tenant.config.features.member_import:
        raise TenantRefused("The import of members is switched off for this organisation.", code="switched_off")
    if not can(ceiling, Action.MEMBERS_MANAGE):
        raise TenantRefused("Your role does not allow imports.", code="escalation")
    item = MemberImport(
        tenant=tenant,
        target=target,
        file_name=presentable(name),
        file_size=path.stat().st_size,
        file_hash=_hash(path),
        overrides=dict(overrides or {}),
        choices=(choices or Choices(default_role=tenant.config.members.default_role)).dump(),
        ceiling=ceiling,
        actor=by,
        keep_until=timezone.now() + timedelta(days=getattr(settings, "IMPORT_KEEP_DAYS", KEEP_DAYS)),
    )
    look(item, path)
    if not item.overrides.get("mapping") and (mapping := _remembered(item)):
        own = item.overrides
        try:
            item.overrides = own | {"mapping": mapping}
            look(item, path)
        except MappingError:  # columns that only look alike to us
            item.overrides = own
            look(item, path)
    with transaction.atomic():
        Tenant.objects.select_for_update().get(pk=tenant.pk)  # numbers without gaps or doubles
        last = MemberImport.objects.filter(tenant=tenant).aggregate(last=Max("number"))["last"]
        item.number = (last or 0) + 1
        with path.open("rb") as handle:
            item.file.save(name, File(handle), save=False)
        item.save(force_insert=True)
        audit.record(f"{item.target}.file_uploaded", by=by, tenant=tenant, target=item, details={"number": item.number})
    return item


def look(item: MemberImport, path: Path) -> Detection:
    """Detect again with what was chosen, and keep the answer on `item` (unsaved)."""
    detection = detect(path, TARGETS[item.target].file, overrides_of(item))
    item.detected = detection.summary()
    item.notes = [*detection.notes, *said_of_earlier(item)]
    item.header_hash = _header_hash(detection)
    return detection


def said_of_earlier(item: MemberImport) -> list[str]:
    """A sentence when the same file came before: it was imported, or another upload of it still waits."""
    same = MemberImport.objects.filter(tenant=item.tenant_id, target=item.target, file_hash=item.file_hash)
    over = (ImportState.DISCARDED, ImportState.UNDONE)
    found = same.exclude(pk=item.pk).exclude(state__in=over).order_by("-created_at").first()
    if found is None:
        return []
    if found.state == ImportState.DONE:
        return [f"The same file was imported before, as import #{found.number}."]
    return [f"The same file was uploaded before, as import #{found.number}, which is not finished."]


def refuse_closed(tenant: Tenant) -> None:
    """Raise TenantRefused for a tenant that takes nobody in."""
    if Tenant.objects.get(pk=tenant.pk).state == TenantState.ARCHIVED:
        raise TenantRefused("The tenant is archived; restore it first.", code="tenant_archived")


def _remembered(item: MemberImport) -> Any:
    """The mapping that this organisation chose last for a file with the same columns, or None."""
    same = MemberImport.objects.filter(tenant=item.tenant_id, target=item.target, header_hash=item.header_hash)
    last = same.filter(overrides__has_key="mapping").order_by("-created_at").first()
    return last.overrides.get("mapping") if last is not None else None


def _header_hash(detection: Detection) -> str:
    names = "\x1f".join(normalise(name) for name in detection.header.names)
    return hashlib.sha256(names.encode()).hexdigest()


def _hash(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
