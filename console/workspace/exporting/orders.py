"""The verbs of a full export: order, write, purge."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import IO, Any

from django.core.files import File
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenancy import TenantRefused, audit, jobs
from tenancy.models import Tenant

from ..models import ExportState, TenantExport
from .archive import write_archive

JOB = "workspace.export_tenant"
DAYS_KEPT = 7


class Cancelled(Exception):
    """Somebody asked the job to stop."""


@transaction.atomic
def order_export(tenant: Tenant, *, by: Any, reason: str = "") -> TenantExport:
    """Ask for an export of `tenant`, in its scope or system scope.

    Raises TenantRefused (``busy``) while another one is being written.
    """
    Tenant.objects.select_for_update(of=("self",)).get(pk=tenant.pk)
    if TenantExport.objects.filter(tenant=tenant, state__in=[ExportState.WAITING, ExportState.RUNNING]).exists():
        raise TenantRefused(_("An export is being written already: wait for it."), code="busy")
    export: TenantExport = TenantExport.objects.create(tenant=tenant, requested_by=by)
    audit.record("tenant.export_ordered", by=by, tenant=tenant, target=export, reason=reason)
    jobs.enqueue(JOB, export.pk, tenant=tenant, lock=f"{JOB}:{tenant.pk}", by=by)
    return export


def write_export(export: TenantExport) -> None:
    """Write the archive of an ordered export, in its tenant's scope. The body of a job; may be run again."""
    if not export.is_busy:
        return
    _save(export, state=ExportState.RUNNING)
    try:
        with tempfile.TemporaryFile() as target:
            with one_moment():
                contents = write_archive(Tenant.objects.get(pk=export.tenant_id), target, _step)
            _keep(export, target, contents)
    except Cancelled:
        _save(export, state=ExportState.FAILED, finished_at=timezone.now())
    except Exception:
        _save(export, state=ExportState.FAILED, finished_at=timezone.now())
        raise


def _keep(export: TenantExport, target: IO[bytes], contents: dict[str, int]) -> None:
    export.size = target.tell()
    target.seek(0)
    export.sha256 = hashlib.file_digest(target, "sha256").hexdigest()  # type: ignore[arg-type]
    target.seek(0)
    export.file.save("", File(target, name="export.zip"), save=False)
    now = timezone.now()
    with transaction.atomic():
        _save(
            export,
            state=ExportState.READY,
            contents=contents,
            finished_at=now,
            keep_until=now + timedelta(days=DAYS_KEPT),
        )
        audit.record("tenant.exported", by=export.requested_by_id, tenant=export.tenant_id, target=export)


def _save(export: TenantExport, **values: Any) -> None:
    for name, value in values.items():
        setattr(export, name, value)
    export.save()


def purge_export(export: TenantExport) -> None:
    """Delete the archive; the row stays and says that there was one."""
    name, storage = export.file.name, export.file.storage
    export.file = ""
    _save(export, state=ExportState.PURGED)
    if name:
        transaction.on_commit(lambda: storage.delete(name))


def _step(rows: int, where: str) -> None:
    jobs.progress(rows, None, where[:200])
    if jobs.cancelled():
        raise Cancelled


@contextmanager
def one_moment() -> Iterator[None]:
    """A transaction in which every query sees the same moment; inside another transaction, that one's view."""
    nested = connection.in_atomic_block
    with transaction.atomic():
        if not nested:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield
