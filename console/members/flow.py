"""The verbs of an import: check, preview, confirm, run, reopen, discard. Each moves it from state to state."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from tenancy import TenantRefused, audit, jobs, tenant_scope
from tenancy.models import Tenant

from .choices import Choices
from .files import FileRefused, MappingError, Rule
from .indexing import AT_ONCE
from .merge import Conflicts, is_last_owner, merge
from .models import ImportState, MemberImport
from .privacy import note_erased, refuse_restricted
from .progress import is_working
from .reading import kept_file
from .review import count, review
from .staging import Cancelled, clear, extra_rules, is_staged, stage
from .states import TakenOver, hold, move, step_of, stop
from .targets import TARGETS
from .uploading import refuse_closed, said_of_earlier, upload

FOUND = ("detected", "rules", "notes", "counts")  # what staging and review set
STEPS = {"preview": ImportState.PREVIEWING, "run": ImportState.RUNNING, "undo": ImportState.UNDOING}


def check(item: MemberImport, *, by: Any) -> None:
    """Keep the mapping and the choices that were set on `item`, and order its preview. Raises TenantRefused."""
    with transaction.atomic():
        move(item, ImportState.PREVIEWING, ImportState.UPLOADED, ImportState.PREVIEWED, ImportState.STOPPED)
        item.started_at, item.message = None, ""  # whatever was confirmed before, this was not
        item.save(update_fields=["overrides", "choices", "header_hash", "started_at", "message", *FOUND])
        order(item, "preview", by=by)


def preview(item: MemberImport) -> None:
    """Stage and review the file; ends in PREVIEWED, or in STOPPED with a message. The body of a job."""
    move(
        item,
        ImportState.PREVIEWING,
        ImportState.UPLOADED,
        ImportState.PREVIEWING,
        ImportState.PREVIEWED,
        ImportState.STOPPED,
    )
    try:
        with transaction.atomic():
            hold(item, ImportState.PREVIEWING)
            _fill(item)
            item.notes = [*item.notes, *said_of_earlier(item)]
            item.state, item.message = ImportState.PREVIEWED, ""
            item.previewed_at, item.started_at = timezone.now(), None
            item.save(update_fields=[*FOUND, "state", "message", "previewed_at", "started_at"])
    except TakenOver:
        return
    except (FileRefused, MappingError) as refused:
        stop(item, str(refused))
    except Cancelled:
        stop(item, "Stopped by hand while the file was checked.")


def confirm(item: MemberImport, *, by: Any, seen: str | None = None) -> None:
    """Say yes to a preview; `seen` is the `stamp` of the one that was looked at, where that is known.

    Raises TenantRefused (``wrong_state``, ``checked_again``, ``strict``, ``busy``, ``tenant_archived``).
    """
    if seen is not None and seen != stamp(item):
        raise TenantRefused(
            "The file was checked again since you looked: look at the new result.", code="checked_again"
        )
    choices = Choices.load(item.choices)
    if choices.strict and item.counts.get("refused"):
        raise TenantRefused("The import is strict and rows are refused: correct them first.", code="strict")
    refuse_closed(item.tenant)
    with transaction.atomic():
        move(item, ImportState.RUNNING, ImportState.PREVIEWED)
        item.started_at, item.actor = timezone.now(), by
        item.places = []
        item.save(update_fields=["started_at", "actor", "places"])
        audit.record(f"{item.target}.import_confirmed", by=by, tenant=item.tenant_id, target=item)


def stamp(item: MemberImport) -> str:
    """Tells one preview of an import from another; a form carries it."""
    return item.previewed_at.isoformat() if item.previewed_at else ""


def run(item: MemberImport) -> None:
    """Write the rows of a confirmed import; ends in DONE, or in STOPPED with a message. The body of a job."""
    if item.started_at is None:
        raise TenantRefused("Nobody confirmed the import yet.", code="not_confirmed")
    move(item, ImportState.RUNNING, ImportState.RUNNING, ImportState.STOPPED)
    try:
        if not is_staged(item):
            _stage_again(item)
        refuse_restricted(item)
        merge(item, strict=Choices.load(item.choices).strict)
        _finish(item)
    except TakenOver:
        return
    except (FileRefused, MappingError) as refused:
        _give_way(item, str(refused))
    except Cancelled:
        item.refresh_from_db()  # what a strict run had counted was rolled back
        _give_way(item, "Stopped by hand; the rows written so far stand." if item.applied else "Stopped by hand.")
    except Conflicts:
        item.refresh_from_db()
        noun = TARGETS[item.target].noun
        _give_way(item, f"A {noun} was changed since the preview, so nothing was written. Check the file again.")
    except IntegrityError as error:
        if not is_last_owner(error):
            raise
        item.refresh_from_db()
        _give_way(item, "No active owner would be left: make somebody else owner, and check the file again.")


def _fill(item: MemberImport) -> None:
    with kept_file(item) as path:
        stage(item, path)
    review(item)
    if refuse_restricted(item):
        count(item)


def _stage_again(item: MemberImport) -> None:
    """The database crashed since the preview; what was written already comes out as unchanged now."""
    with transaction.atomic():
        hold(item, ImportState.RUNNING)
        _fill(item)
        item.places = []
        item.save(update_fields=[*FOUND, "places"])


def _finish(item: MemberImport) -> None:
    with transaction.atomic():
        hold(item, ImportState.RUNNING)
        note_erased(item)
        item.state, item.message, item.finished_at = ImportState.DONE, "", timezone.now()
        item.save(update_fields=["state", "message", "finished_at"])
        details = {"number": item.number, **item.applied}
        audit.record(f"{item.target}.imported", by=item.actor_id, tenant=item.tenant_id, target=item, details=details)
        _index_later(item)
        if item.choices.get("invite"):
            jobs.enqueue("members.invite", item.pk, tenant=item.tenant_id, by=item.actor_id)


def _give_way(item: MemberImport, message: str) -> None:
    stop(item, message)
    _index_later(item)


def _index_later(item: MemberImport) -> None:
    """Order the search words of a large import, whose triggers left them out."""
    if sum(item.counts.get(name, 0) for name in ("new", "changed", "missing")) > AT_ONCE and item.applied:
        jobs.enqueue("members.index", item.pk, tenant=item.tenant_id, lock=f"members.index:{item.pk}")


def resume(item: MemberImport, *, by: Any) -> None:
    """Go on with a step whose job stopped or died. Raises TenantRefused (``working``, ``wrong_state``, ``busy``)."""
    refuse_working(item)
    step = step_of(item)
    with transaction.atomic():
        move(item, STEPS[step], ImportState.STOPPED, STEPS[step])
        order(item, step, by=by)


def reopen(item: MemberImport) -> None:
    """Go back to the mapping; the staged rows are made anew by the next preview. Raises TenantRefused."""
    move(item, ImportState.UPLOADED, ImportState.PREVIEWED, ImportState.STOPPED)


def rules_of(item: MemberImport) -> list[Rule]:
    """The translations that a person added to this import."""
    return extra_rules(Choices.load(item.choices))


def discard(item: MemberImport, *, by: Any) -> None:
    """Give an import up: its rows and its file are deleted, what was written stays.

    Raises TenantRefused (``over``, ``working`` while a job is at it).
    """
    if item.is_over or item.state == ImportState.UNDOING:
        raise TenantRefused("The import is over.", code="over")
    refuse_working(item)
    with transaction.atomic():
        move(item, ImportState.DISCARDED, *(state for state in ImportState if state != ImportState.UNDOING))
        item.finished_at = timezone.now()
        purge(item)
        audit.record(f"{item.target}.import_discarded", by=by, tenant=item.tenant_id, target=item)


def refuse_working(item: MemberImport) -> None:
    """Raise TenantRefused where a job waits or runs for the import."""
    if is_working(item):
        raise TenantRefused("A job is working on it: stop it first.", code="working")


def purge(item: MemberImport) -> None:
    """Delete the kept file and the staged rows; the numbers stay."""
    clear(item)
    name = item.file.name
    item.file = ""
    item.save(update_fields=["file", "finished_at"])
    if name:
        storage = item._meta.get_field("file").storage  # type: ignore[union-attr]  # a file field has one
        transaction.on_commit(lambda: storage.delete(name))


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
