"""Moves an import from state to state under a lock, so that two people, two tabs or two workers cannot both do it."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from tenancy import TenantRefused

from .models import BUSY, ImportState, MemberImport


class TakenOver(Exception):
    """Somebody else moved the import on: another worker that got the same job, or a person who gave it up."""


def move(item: MemberImport, to: ImportState, *allowed: str) -> None:
    """Change the state. Raises TenantRefused (``wrong_state`` unless it is one of `allowed`; ``busy``)."""
    try:
        with transaction.atomic():
            stored = _locked(item).state
            if stored not in allowed:
                label = ImportState(stored).label
                raise TenantRefused(
                    f"The import is in the state “{label}”; this is not possible now.", code="wrong_state"
                )
            item.state = to
            item.save(update_fields=["state"])
    except IntegrityError as error:
        raise TenantRefused("Another import of this organisation is running: wait for it.", code="busy") from error


def hold(item: MemberImport, state: ImportState) -> None:
    """Lock the import until the transaction ends. Raises TakenOver unless it still is in `state`, at our place.

    A worker that was thought dead and goes on beside its successor ends here, before it writes anything twice.
    """
    stored = _locked(item)
    if (stored.state, stored.places) != (state, item.places):
        raise TakenOver


def stop(item: MemberImport, message: str) -> None:
    """End a step before its end: the import can be resumed, changed or discarded, and `message` says why it stands."""
    item.state, item.message = ImportState.STOPPED, message[:500]
    working = MemberImport.objects.filter(pk=item.pk, state__in=(*BUSY, ImportState.PREVIEWING))
    working.update(state=item.state, message=item.message)


def is_busy(item: MemberImport) -> bool:
    """Whether a job works on it, as far as its state says."""
    return item.state in (*BUSY, ImportState.PREVIEWING)


def step_of(item: MemberImport) -> str:
    """The step that a stopped or interrupted import goes on with."""
    if item.state == ImportState.UNDOING:
        return "undo"
    return "run" if item.started_at else "preview"


def _locked(item: MemberImport) -> MemberImport:
    found: MemberImport = MemberImport.objects.select_for_update(of=("self",)).get(pk=item.pk)
    return found
