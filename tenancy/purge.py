"""The end of a tenant's life: after a waiting period its rows and files are deleted, append-only history included.

The tenant's own row stays as an empty one, so that the trail and the privacy records that name its key stay readable.
Accounts belong to their people and stay. What was done by operators stays too: it holds keys and reasons.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.files.storage import storages
from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from . import audit, conf, jobs
from .db.declared import declared_tables
from .db.operations import has_wall_two
from .db.policies import quote
from .exceptions import TenantRefused
from .files import tenant_prefix
from .lifecycle import locked
from .models import Tenant, TenantPurge, TenantState, UserTenantMembership
from .scope import system_scope
from .signals import tenant_purged, tenant_purging

JOB = "tenancy.purge"


def purgeable_from(tenant: Tenant) -> datetime | None:
    """The moment from which the tenant may be purged; None while it is not archived."""
    if tenant.state != TenantState.ARCHIVED:
        return None
    return (tenant.archived_at or tenant.updated_at) + timedelta(days=conf.get("PURGE_WAIT_DAYS"))


def refuse_purge(tenant: Tenant) -> None:
    """Raise TenantRefused where this tenant may not be purged now: ``not_archived``, ``waiting``, or a receiver's."""
    moment = purgeable_from(tenant)
    if moment is None:
        raise TenantRefused(_("Archive the tenant first: only archived ones are purged."), code="not_archived")
    if moment > timezone.now():
        day = date_format(timezone.localtime(moment), "j F Y")
        raise TenantRefused(_("The waiting period ends on %s; until then it can be restored.") % day, code="waiting")
    tenant_purging.send(sender=Tenant, tenant=tenant)


@transaction.atomic
def purge_tenant(tenant: Tenant, *, by: Any, reason: str, approved_by: Any = None) -> TenantPurge:
    """Order the purge of an archived tenant; a job carries it out. Needs a wide scope; it cannot be undone.

    Raises TenantRefused: ``reason_required``, ``purge_ordered``, ``purged``, and as `refuse_purge`.
    """
    tenant = locked(tenant)
    if not reason.strip():
        raise TenantRefused(_("Say why: the reason is all that is left of it."), code="reason_required")
    if TenantPurge.objects.filter(tenant_key=tenant.pk).exists():
        raise TenantRefused(_("The purge of this tenant is ordered already."), code="purge_ordered")
    refuse_purge(tenant)
    purge = TenantPurge.objects.create(
        tenant_key=tenant.pk,
        reason=reason,
        ordered_by_id=getattr(by, "pk", by),
        approved_by_id=getattr(approved_by, "pk", approved_by),
    )
    details = {"approved_by": str(purge.approved_by_id) if purge.approved_by_id else None}
    audit.record("tenant.purge_ordered", by=by, tenant=tenant, target=purge, reason=reason, details=details)
    jobs.enqueue(JOB, purge.pk, lock=f"{JOB}:{tenant.pk}", by=by)
    return purge


def carry_out_purge(key: UUID | str) -> TenantPurge:
    """The job's body: the rows in one transaction, then the files. Safe to run again after a kill at any moment."""
    with system_scope(reason="an ordered purge is carried out"):
        purge = TenantPurge.objects.get(pk=key)
        if purge.emptied_at is None:
            with transaction.atomic():
                _empty(purge)
        if purge.finished_at is None:
            purge.report["files"] = purge.report.get("files", 0) + remove_files(purge.tenant_key)
            purge.finished_at = timezone.now()
            with transaction.atomic():
                purge.save(update_fields=["report", "finished_at"])
                counts = {"rows": sum(purge.report["rows"].values()), "files": purge.report["files"]}
                why: dict[str, Any] = {"by": purge.ordered_by_id, "reason": purge.reason}
                audit.record("tenant.purged", tenant=purge.tenant_key, target=purge, details=counts, **why)
        return purge


def purged_tables() -> dict[str, str]:
    """The tables whose rows go with their tenant, and the column that names it; what is kept says so where declared.

    Memberships and invitations come last: triggers on them may sweep rows of other tables, which would go uncounted.
    """
    own = {model._meta.db_table for model in apps.get_app_config("tenancy").get_models()}
    return {
        name: policy.floor
        for name, policy in sorted(declared_tables(connection).items(), key=lambda found: (found[0] in own, found[0]))
        if policy.floor and name != Tenant._meta.db_table and "purge" not in policy.exempt
    }


def remove_files(tenant_id: UUID) -> int:
    """Delete everything below the tenant's prefix in every storage; returns how many files. Safe to repeat."""
    found = [alias for alias in storages.backends if alias != "staticfiles"]
    return sum(_remove_below(storages[alias], tenant_prefix(tenant_id).rstrip("/")) for alias in found)


def _empty(purge: TenantPurge) -> None:
    tenant = locked(Tenant(pk=purge.tenant_key))
    refuse_purge(tenant)  # a hold placed since the order counts
    report: dict[str, Any] = {"accounts_left_without_tenant": _alone(tenant), "rows": {}}
    tables = purged_tables()
    # Counted before anything goes: triggers take the words of an index along with the rows they were made of.
    found = {table: _count(tenant.pk, table, column) for table, column in tables.items()}
    for number, (table, column) in enumerate(tables.items()):
        jobs.progress(number, len(tables), table)
        report["rows"][table] = max(_delete(tenant.pk, table, column), found[table])
    for _receiver, counts in tenant_purged.send(sender=Tenant, tenant_id=tenant.pk):
        report["rows"].update(counts or {})
    jobs.progress(len(tables), len(tables), "")
    _leave_the_key(tenant, purge)
    purge.report, purge.emptied_at = report, timezone.now()
    purge.save(update_fields=["report", "emptied_at"])


def _count(tenant_id: UUID, table: str, column: str) -> int:
    statement = f"SELECT count(*) FROM {quote(table)} WHERE {quote(column)} = %s"  # noqa: S608  declared names, quoted
    with connection.cursor() as cursor:
        cursor.execute(statement, [tenant_id])
        return int(cursor.fetchone()[0])


def _delete(tenant_id: UUID, table: str, column: str) -> int:
    with connection.cursor() as cursor:
        if has_wall_two(connection):
            cursor.execute("SELECT tenancy.purge_rows(%s, %s::regclass, %s)", [tenant_id, quote(table), column])
            return int(cursor.fetchone()[0])
        statement = f"DELETE FROM {quote(table)} WHERE {quote(column)} = %s"  # noqa: S608  declared names, quoted
        cursor.execute(statement, [tenant_id])
        return int(cursor.rowcount)


def _leave_the_key(tenant: Tenant, purge: TenantPurge) -> None:
    tenant.name, tenant.slug = f"Purged {tenant.pk.hex[:8]}", f"purged-{tenant.pk.hex}"
    tenant.state, tenant.suspended_reason = TenantState.PURGED, ""
    with audit.changing(by=purge.ordered_by, reason=purge.reason):
        tenant.save()
    Tenant.objects.filter(pk=tenant.pk).update(settings={}, settings_version=F("settings_version") + 1)


def _alone(tenant: Tenant) -> int:
    """How many accounts belong to this tenant and to no other."""
    elsewhere = UserTenantMembership.objects.filter(user=OuterRef("pk")).exclude(tenant=tenant)
    here = UserTenantMembership.objects.filter(user=OuterRef("pk"), tenant=tenant)
    return int(get_user_model()._default_manager.filter(Exists(here), ~Exists(elsewhere)).count())


def _remove_below(storage: Any, folder: str) -> int:
    try:
        folders, files = storage.listdir(folder)
    except (FileNotFoundError, NotImplementedError):
        return 0
    count = sum(_remove_below(storage, f"{folder}/{name}") for name in folders)
    for name in files:
        storage.delete(f"{folder}/{name}")
        count += 1
    storage.delete(folder)  # FileSystemStorage removes an emptied folder; others have none
    return count
