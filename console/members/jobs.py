"""The jobs of imports; a key is an import's id, and the port opens the tenant's scope."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from tenancy import system_scope, tenant_scope
from tenancy.jobs import job, periodic

from . import flow, indexing, invitations, undo
from .models import ImportState, MemberImport
from .progress import is_working
from .sweep import drop_orphans, drop_rows

LEFT_ALONE_DAYS = 7


def access_import_by_key(key: str) -> MemberImport:
    """The import, in the tenant's scope that the job runs in."""
    found: MemberImport = MemberImport.objects.select_related("tenant").get(pk=UUID(key))
    return found


@job("members.preview", attempts=3)
def preview(key: str) -> None:
    """Check a file."""
    item = access_import_by_key(key)
    if not item.is_over:  # it was discarded while the job waited
        flow.preview(item)


@job("members.run", attempts=3)
def run(key: str) -> None:
    """Write a confirmed import, or go on with one whose worker died."""
    item = access_import_by_key(key)
    if not item.is_over:
        flow.run(item)


@job("members.undo", attempts=3)
def undo_import(key: str) -> None:
    """Take an import back."""
    undo.run(access_import_by_key(key))


@job("members.index", attempts=5)
def index(key: str) -> None:
    """Make the people of a large import findable."""
    indexing.index(access_import_by_key(key))


@job("members.invite", attempts=3)
def invite(key: str) -> None:
    """Mail an invitation to everybody whom an import brought."""
    invitations.invite_all(access_import_by_key(key))


@periodic("23 3 * * *", "members.purge")
def purge(key: str) -> None:
    """Delete kept files whose time is over, imports that nobody confirmed, and staged rows of neither."""
    now = timezone.now()
    with system_scope(reason="kept files are purged"):
        old = MemberImport.objects.filter(keep_until__lt=now).exclude(file="")
        left = MemberImport.objects.filter(
            state__in=[ImportState.UPLOADED, ImportState.PREVIEWED],
            created_at__lt=now - timedelta(days=LEFT_ALONE_DAYS),
        )
        due = [(item.tenant_id, item.pk) for item in old.union(left)]
    for tenant_id, pk in due:
        with tenant_scope(tenant_id):
            settle(MemberImport.objects.get(pk=pk))
    drop_rows()
    drop_orphans()


def settle(item: MemberImport) -> None:
    """End what nobody will go on with: give an open import up, and let go of the file of one that is over."""
    if is_working(item):
        return  # the next night
    if item.is_over or item.state == ImportState.UNDOING:
        flow.purge(item)
    else:
        flow.discard(item, by=None)
