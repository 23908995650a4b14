"""Packages live some days: then the file goes, and that it went is recorded."""

from __future__ import annotations

from django.utils import timezone

from tenancy import audit, system_scope

from .. import conf
from ..models import Package


def purge_packages() -> int:
    """Remove every expired package and every file without a package; returns how many files went."""
    removed = 0
    with system_scope(reason="purge expired export packages"):
        for package in Package.objects.filter(purged_at=None, expires_at__lte=timezone.now()).select_related("request"):
            (conf.packages_dir() / f"{package.pk}.zip").unlink(missing_ok=True)
            package.purged_at = timezone.now()
            package.save(update_fields=["purged_at"])
            audit.record("privacy.package_purged", by=None, tenant=package.request.tenant_id, target=package.request)
            removed += 1
        alive = {str(key) for key in Package.objects.filter(purged_at=None).values_list("pk", flat=True)}
        for path in conf.packages_dir().iterdir():
            if path.stem not in alive:
                path.unlink(missing_ok=True)
                removed += 1
    return removed
