"""The verbs of an export: write it at once or order it, write it as a job, delete it."""

from __future__ import annotations

import io
import tempfile
from datetime import timedelta
from itertools import chain, islice
from typing import Any

from django.core.files import File
from django.db import transaction
from django.utils import timezone

import pii
from pii.subjects import Subject
from tenancy import audit, jobs, system_scope
from tenancy.staff import staff_at_work

from ..models import ListExport, ListExportState
from ..sessions import content_of, open_sessions
from .reading import read, request_of
from .writing import write

JOB = "operations.export_list"
AT_ONCE = 1_000  # rows that are written while the person waits; more become a job
KEPT = timedelta(days=1)
NEEDED = "operations.export_list"


def at_once(source: str, query: dict[str, Any], kind: str, *, by: Any, reason: str) -> bytes | None:
    """The file itself where the list is short, recorded; None where it is long and must be ordered. In staff scope."""
    columns, rows = read(source, request_of(by, query))
    first = list(islice(rows, AT_ONCE + 1))
    if len(first) > AT_ONCE:
        return None
    target = io.BytesIO()
    count = write(target, kind, columns, chain(first))
    facts = {"source": source, "format": kind, "rows": count}
    audit.record("list.exported", by=by, reason=reason, details=facts)
    return target.getvalue()


@transaction.atomic
def order(source: str, query: dict[str, Any], kind: str, *, by: Any, reason: str) -> ListExport:
    """Order a long export. Needs staff scope."""
    made = ListExport.objects.create(source=source, query=query, format=kind, requested_by=by, reason=reason)
    audit.record("list.export_ordered", by=by, target=made, reason=reason, details={"source": source, "format": kind})
    jobs.enqueue(JOB, made.pk, lock=f"{JOB}:{made.pk}", by=by)
    return made


@jobs.job(JOB, attempts=2)
def write_export(key: str) -> None:
    """Write an ordered export as its maker may see the list at this moment; may be run again."""
    with system_scope(reason="who ordered an export"):
        made = ListExport.objects.select_related("requested_by").get(pk=key)
    person = made.requested_by
    if made.state not in (ListExportState.WAITING, ListExportState.RUNNING):
        return
    try:
        with staff_at_work(person, reason=f"export {made.pk}", records=lambda: content_of(open_sessions(person))):
            _save(made, state=ListExportState.RUNNING)
            if not person.has_perm(NEEDED):
                raise PermissionError("whoever ordered the export may not have it any more")
            _write(made, person)
    except Exception:
        with system_scope(reason="an export failed"):
            _save(made, state=ListExportState.FAILED)
        raise


def _write(made: ListExport, person: Any) -> None:
    columns, rows = read(made.source, request_of(person, made.query))

    def counted() -> Any:
        for number, row in enumerate(rows, start=1):
            if number % 1_000 == 0:
                jobs.progress(number)
                if jobs.cancelled():
                    raise InterruptedError("the export was cancelled")
            yield row

    with tempfile.TemporaryFile() as target:
        made.rows = write(target, made.format, columns, counted())
        target.seek(0)
        made.file.save("", File(target, name=f"export.{made.format}"), save=False)
    with transaction.atomic():
        still = ListExport.objects.select_for_update(of=("self",)).get(pk=made.pk)
        if still.state != ListExportState.RUNNING:  # forgotten meanwhile: what was read may be what had to go
            made.file.storage.delete(made.file.name)
            return
        _save(made, state=ListExportState.READY, keep_until=timezone.now() + KEPT)
        facts = {"source": made.source, "format": made.format, "rows": made.rows}
        audit.record("list.exported", by=person, target=made, reason=made.reason, details=facts)


def purge(made: ListExport) -> None:
    """Delete the file and what was looked for; that there was an export stays."""
    name, storage = made.file.name, made.file.storage
    made.file = ""
    _save(made, state=ListExportState.PURGED, query={})
    if name:
        transaction.on_commit(lambda: storage.delete(name))


def _save(made: ListExport, **values: Any) -> None:
    for name, value in values.items():
        setattr(made, name, value)
    made.save()


@jobs.periodic("23 * * * *", "operations.purge_list_exports")
def purge_due(key: str) -> None:
    """Delete what is over its time."""
    with system_scope(reason="exports of lists are deleted"):
        for made in ListExport.objects.filter(state=ListExportState.READY, keep_until__lt=timezone.now()):
            with transaction.atomic():
                purge(made)


@pii.on_erase("exports of lists")
def forget_exports(subject: Subject) -> int:
    """Delete every kept export, whoever is in it: each can be made again, without the person."""
    return forget_all()


def forget_all() -> int:
    """Delete the files of all exports and give up those being written; returns how many. Needs a wide scope."""
    # First those being written: one that becomes ready in between is met by the second query.
    stopped: int = ListExport.objects.filter(state=ListExportState.RUNNING).update(
        state=ListExportState.FAILED, file="", query={}
    )
    kept = list(ListExport.objects.filter(state=ListExportState.READY))
    for made in kept:
        purge(made)
    return len(kept) + stopped
