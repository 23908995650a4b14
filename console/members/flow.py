"""The verbs of an import: upload, preview, confirm, run, resume, discard, undo. Each moves it from state to state."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files import File
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from tenancy import Action, Role, TenantRefused, audit, can, jobs, tenant_scope
from tenancy.models import Tenant, TenantState

from .choices import Choices
from .files import Detection, FileRefused, Rule, detect
from .files.headers import normalise
from .indexing import AT_ONCE
from .merge import Conflicts, forget_place, is_last_owner, merge
from .models import BUSY, ImportState, MemberImport
from .reading import kept_file, overrides_of
from .review import review
from .staging import Cancelled, clear, extra_rules, is_staged, stage
from .targets import TARGETS

KEEP_DAYS = 30
RESUMABLE = (ImportState.STOPPED, ImportState.PREVIEWING, ImportState.RUNNING)


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
    if not tenant.config.features.member_import:
        raise TenantRefused("The import of members is switched off for this organisation.", code="switched_off")
    if not can(ceiling, Action.MEMBERS_MANAGE):
        raise TenantRefused("Your role does not allow imports.", code="escalation")
    item = MemberImport(
        tenant=tenant,
        target=target,
        file_name=name,
        file_size=path.stat().st_size,
        file_hash=_hash(path),
        overrides=dict(overrides or {}),
        choices=(choices or Choices(default_role=tenant.config.members.default_role)).dump(),
        ceiling=ceiling,
        actor=by,
        keep_until=timezone.now() + timedelta(days=getattr(settings, "IMPORT_KEEP_DAYS", KEEP_DAYS)),
    )
    if not item.overrides.get("mapping"):
        _remember_mapping(item, detect(path, TARGETS[target].file, overrides_of(item)))
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
    item.notes = list(detection.notes)
    item.header_hash = _header_hash(detection)
    return detection


def preview(item: MemberImport) -> None:
    """Stage and review the file; ends in PREVIEWED, or in STOPPED with a message. The body of a job."""
    _move(item, ImportState.PREVIEWING, ImportState.UPLOADED, ImportState.PREVIEWED, *RESUMABLE)
    try:
        with kept_file(item) as path:
            stage(item, path)
        review(item)
    except FileRefused as refused:
        _stop(item, str(refused))
        return
    except Cancelled:
        _stop(item, "Stopped by hand while the file was checked.")
        return
    item.state, item.message, item.previewed_at = ImportState.PREVIEWED, "", timezone.now()
    if same := earlier(item):
        item.notes = [*item.notes, f"The same file was imported before, as import #{same.number}."]
    item.save()


def confirm(item: MemberImport, *, by: Any) -> None:
    """Say yes to a preview. Raises TenantRefused (``not_previewed``, ``strict``, ``busy``, ``purged``)."""
    choices = Choices.load(item.choices)
    if choices.strict and item.counts.get("refused"):
        raise TenantRefused("The import is strict and rows are refused: correct them first.", code="strict")
    refuse_closed(item.tenant)
    item.started_at, item.actor = timezone.now(), by
    forget_place(item)
    with transaction.atomic():
        _move(item, ImportState.RUNNING, ImportState.PREVIEWED)
        item.save()
        audit.record(f"{item.target}.import_confirmed", by=by, tenant=item.tenant_id, target=item)


def run(item: MemberImport) -> None:
    """Write the rows of a confirmed import; ends in DONE, or in STOPPED with a message. The body of a job."""
    _move(item, ImportState.RUNNING, ImportState.RUNNING, ImportState.STOPPED)
    choices = Choices.load(item.choices)
    try:
        if not is_staged(item):
            # The database crashed since the preview; what was written already comes out as unchanged now.
            with kept_file(item) as path:
                stage(item, path)
            review(item)
            forget_place(item)
        merge(item, strict=choices.strict)
    except FileRefused as refused:
        _stop(item, str(refused))
        return
    except Cancelled:
        item.refresh_from_db()  # what a strict run had counted was rolled back
        _stop(item, "Stopped by hand; the rows written so far stand." if item.applied else "Stopped by hand.")
        return
    except Conflicts:
        item.refresh_from_db()
        _stop(item, "Members were changed since the preview, so nothing was written. Check the file again.")
        return
    except IntegrityError as error:
        if not is_last_owner(error):
            raise
        item.refresh_from_db()
        _stop(item, "No active owner would be left: make somebody else owner, and check the file again.")
        return
    item.state, item.message, item.finished_at = ImportState.DONE, "", timezone.now()
    item.save()
    audit.record(
        f"{item.target}.imported",
        by=item.actor_id,
        tenant=item.tenant_id,
        target=item,
        details={"number": item.number, **item.applied},
    )
    _index_later(item)
    if choices.invite:
        jobs.enqueue("members.invite", item.pk, tenant=item.tenant_id, by=item.actor_id)


def reopen(item: MemberImport) -> None:
    """Go back to the mapping; the staged rows are made anew by the next preview. Raises TenantRefused."""
    _move(item, ImportState.UPLOADED, ImportState.PREVIEWED, ImportState.STOPPED)


def step_of(item: MemberImport) -> str:
    """The step that a stopped or interrupted import goes on with."""
    if item.state == ImportState.UNDOING:
        return "undo"
    return "run" if item.started_at else "preview"


def rules_of(item: MemberImport) -> list[Rule]:
    """The translations that a person added to this import."""
    return extra_rules(Choices.load(item.choices))


def discard(item: MemberImport, *, by: Any) -> None:
    """Give an import up: its rows and its file are deleted, what was written stays. Raises TenantRefused."""
    if item.is_over or item.state == ImportState.UNDOING:
        raise TenantRefused("The import is over.", code="over")
    with transaction.atomic():
        item.state, item.finished_at = ImportState.DISCARDED, timezone.now()
        purge(item)
        audit.record(f"{item.target}.import_discarded", by=by, tenant=item.tenant_id, target=item)


def purge(item: MemberImport) -> None:
    """Delete the kept file and the staged rows; the numbers stay."""
    clear(item)
    name = item.file.name
    item.file = ""
    item.save()
    if name:
        storage = item._meta.get_field("file").storage  # type: ignore[union-attr]  # a file field has one
        transaction.on_commit(lambda: storage.delete(name))


def earlier(item: MemberImport) -> MemberImport | None:
    """The last import of the same file that was done and not undone."""
    same = MemberImport.objects.filter(tenant=item.tenant_id, file_hash=item.file_hash, state=ImportState.DONE)
    found: MemberImport | None = same.exclude(pk=item.pk).first()
    return found


def order(item: MemberImport, step: str, *, by: Any) -> None:
    """Ask for a step as a job: ``preview``, ``run`` or ``undo``; a step that waits already is not ordered twice."""
    jobs.enqueue(f"members.{step}", item.pk, tenant=item.tenant_id, lock=f"members.{step}:{item.pk}", by=by)


def import_file(tenant: Tenant, path: Path, *, by: Any = None, **wishes: Any) -> MemberImport:
    """Upload, preview and run in one go, in the caller's thread: for commands, demo data and benches.

    Opens the tenant's scope. A strict import with refused rows stays PREVIEWED. Raises as `upload` does.
    """
    with tenant_scope(tenant):
        item = upload(tenant, path, name=wishes.pop("name", path.name), by=by, **wishes)
        preview(item)
        if item.state == ImportState.PREVIEWED and not (item.choices.get("strict") and item.counts.get("refused")):
            confirm(item, by=by)
            run(item)
    return item


def refuse_closed(tenant: Tenant) -> None:
    """Raise TenantRefused for a tenant that takes nobody in."""
    if Tenant.objects.get(pk=tenant.pk).state == TenantState.ARCHIVED:
        raise TenantRefused("The tenant is archived; restore it first.", code="tenant_archived")


def _move(item: MemberImport, to: ImportState, *allowed: str) -> None:
    """Change the state under a lock. Raises TenantRefused where the stored state is none of `allowed`."""
    try:
        with transaction.atomic():
            _write_state(item, to, allowed)
    except IntegrityError as error:
        raise TenantRefused("Another import of this organisation is running: wait for it.", code="busy") from error


def _write_state(item: MemberImport, to: ImportState, allowed: tuple[str, ...]) -> None:
    stored = MemberImport.objects.select_for_update(of=("self",)).get(pk=item.pk).state
    if stored not in allowed:
        label = ImportState(stored).label
        raise TenantRefused(f"The import is in the state “{label}”; this is not possible now.", code="wrong_state")
    item.state = to
    item.save(update_fields=["state"])


def _stop(item: MemberImport, message: str) -> None:
    item.state, item.message = ImportState.STOPPED, message[:500]
    item.save()
    _index_later(item)


def _index_later(item: MemberImport) -> None:
    """Order the search words of a large import, whose triggers left them out."""
    if sum(item.counts.get(name, 0) for name in ("new", "changed", "missing")) > AT_ONCE and item.applied:
        jobs.enqueue("members.index", item.pk, tenant=item.tenant_id, lock=f"members.index:{item.pk}")


def _remember_mapping(item: MemberImport, detection: Detection) -> None:
    """Take the mapping that this organisation chose last for a file with the same columns."""
    last = (
        MemberImport.objects.filter(tenant=item.tenant_id, header_hash=_header_hash(detection))
        .exclude(overrides={})
        .order_by("-created_at")
        .first()
    )
    if last is not None and last.overrides.get("mapping"):
        item.overrides = item.overrides | {"mapping": last.overrides["mapping"]}


def _header_hash(detection: Detection) -> str:
    names = "\x1f".join(normalise(name) for name in detection.header.names)
    return hashlib.sha256(names.encode()).hexdigest()


def _hash(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def is_busy(item: MemberImport) -> bool:
    """Whether a job works on it, as far as its state says."""
    return item.state in (*BUSY, ImportState.PREVIEWING)
