"""One setting changed for many tenants, as a job: each tenant judged and recorded for itself, with a dry run first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from .. import audit, jobs
from ..exceptions import TenantRefused
from ..scope import system_scope
from . import platform, store
from .documents import ABSENT
from .errors import ValueRefused
from .registry import registry

if TYPE_CHECKING:
    from ..models import BulkSettingChange

JOB = "settings.bulk"
SAVE_EVERY = 50


def start(
    name: str, value: Any, tenant_ids: Iterable[UUID], *, by: Any, reason: str, dry_run: bool = True
) -> BulkSettingChange:
    """Order the change of setting `name` (``group.key``) to `value` (JSON, or ABSENT to reset) for these tenants.

    Needs staff or system scope. Raises UnknownSetting, ValueRefused, and TenantRefused for a secret, which is set for
    each tenant by itself.
    """
    from ..models import BulkSettingChange

    setting = registry.setting(name)
    if setting.is_secret:
        raise TenantRefused(f"{name} is a secret: it is set for each tenant by itself.", code="bulk_secret")
    if value is not ABSENT and (problems := setting.problems(value)):
        raise ValueRefused(problems)
    with transaction.atomic():
        order = BulkSettingChange.objects.create(
            name=setting.name,
            value=None if value is ABSENT else value,
            is_reset=value is ABSENT,
            tenant_ids=sorted(map(str, tenant_ids)),
            is_dry_run=dry_run,
            actor_id=str(getattr(by, "pk", by) or ""),
            reason=reason,
        )
        if not dry_run:
            details = {"name": name, "tenants": len(order.tenant_ids), "order": str(order.pk)}
            audit.record("settings.bulk_ordered", by=by, reason=reason, details=details)
        jobs.enqueue(JOB, order.pk, by=by)
    return order


@jobs.job(JOB, attempts=3)
def run(key: str) -> None:
    """Carry the order out, from where it stands."""
    from ..models import BulkSettingChange

    with system_scope(reason="bulk change of a setting"):
        order = BulkSettingChange.objects.get(pk=key)
        total = len(order.tenant_ids)
        with platform.one_reading():
            for tenant_id in order.tenant_ids[order.cursor :]:
                if jobs.cancelled():
                    break
                _one(order, tenant_id)
                order.cursor += 1
                if order.cursor % SAVE_EVERY == 0:
                    order.save()
                    jobs.progress(order.cursor, total)
        if order.cursor == total:
            order.finished_at = timezone.now()
        order.save()
    jobs.progress(order.cursor, total)


def _one(order: BulkSettingChange, tenant_id: str) -> None:
    from ..models import Tenant

    value = ABSENT if order.is_reset else order.value
    try:
        made = store.change(
            Tenant.objects.get(pk=tenant_id),
            {order.name: value},
            by=order.actor_id or None,
            reason=order.reason,
            source="bulk",
            dry_run=order.is_dry_run,
        )
    except Tenant.DoesNotExist:
        order.refused[tenant_id] = "this tenant does not exist any more"
    except TenantRefused as refused:
        order.refused[tenant_id] = str(refused)
    else:
        order.changed += made is not None
        order.unchanged += made is None
