"""Packages live some days: then the file goes, and that it went is recorded."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from tenancy import audit, system_scope

from .. import conf
from ..models import Kind, Package, PlanRow
from ..subjects import Subject


def purge_packages_of(subject: Subject) -> int:
    """Remove every package that waits with rows of this person in it; returns how many went. System scope."""
    requests: set[Any] = set()
    for model, keys in subject.keys_by_model():
        rows = PlanRow.objects.filter(model=model._meta.label_lower, key__in=keys, request__kind=Kind.ACCESS)
        requests |= set(rows.values_list("request_id", flat=True).distinct())
    waiting = Package.objects.filter(purged_at=None, request__in=requests).select_related("request")
    for package in waiting:
        _purge(package)
    return len(waiting)


def _purge(package: Package) -> None:
    (conf.packages_dir() / f"{package.pk}.zip").unlink(missing_ok=True)
    package.purged_at = timezone.now()
    package.save(update_fields=["purged_at"])
    audit.record("privacy.package_purged", by=None, tenant=package.request.tenant_id, target=package.request)


def purge_packages() -> int:
    """Remove every expired package and every file without a package; returns how many files went."""
    removed = 0
    with system_scope(reason="purge expired export packages"):
        for package in Package.objects.filter(purged_at=None, expires_at__lte=timezone.now()).select_related("request"):
            _purge(package)
            removed += 1
        alive = {str(key) for key in Package.objects.filter(purged_at=None).values_list("pk", flat=True)}
        for path in conf.packages_dir().iterdir():
            if path.stem not in alive:
                path.unlink(missing_ok=True)
                removed += 1
    return removed
