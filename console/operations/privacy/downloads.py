"""Hand out a package: to a privacy officer who has just signed in, never from a cache."""

from __future__ import annotations

from uuid import UUID

from allauth.account.decorators import reauthentication_required
from django.db.models import F
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from console.needs import needs
from pii import conf
from pii.models import Package
from tenancy import audit, system_scope


@require_GET
@never_cache
@needs("pii.enter_datarequest")
def download(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """The ZIP of one package; asks for the password again unless it was given a moment ago."""
    answer: HttpResponseBase = reauthentication_required(hand_out)(request, key)
    return answer


def hand_out(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """The ZIP of one package. 404 once it is purged; each download is recorded before the first byte."""
    with system_scope(reason="hand out an export package"):
        package = Package.objects.filter(pk=key, purged_at=None, expires_at__gt=timezone.now()).first()
        path = conf.packages_dir() / f"{key}.zip"
        if package is None or not path.exists():
            raise Http404
        asked = package.request
        audit.record("privacy.package_downloaded", by=request.user, tenant=asked.tenant_id, target=asked)
        Package.objects.filter(pk=package.pk).update(downloads=F("downloads") + 1)
    response = FileResponse(path.open("rb"), as_attachment=True, filename=f"{asked.number}.zip")
    response["Cache-Control"] = "no-store, private"
    return response
