"""The checked door to an organisation's own privacy requests, and to their packages."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.account import app_settings
from django.db.models import F
from django.http import FileResponse, Http404
from django.utils import timezone

from pii import conf
from pii.models import DataRequest, Package
from tenancy import audit, system_scope
from tenancy.http import TenantRequest


def access_request_by_id(key: UUID, tenant: Any) -> DataRequest:
    """A request that is limited to this tenant. Raises Http404 for an absent one, another's, and the platform's."""
    with system_scope(reason="one of an organisation's privacy requests"):
        found = DataRequest.objects.filter(pk=key, tenant=tenant).first() if tenant is not None else None
    if found is None:
        raise Http404
    return found


def signed_in_just_now(request: TenantRequest) -> bool:
    """Whether the person gave a password or a key a moment ago.

    Read off the session: the sign-in library would ask for second factors, which a tenant's scope may not read.
    """
    records = request.session.get("account_authentication_methods", [])
    newest = max((float(record.get("at", 0)) for record in records), default=0.0)
    return bool(newest > timezone.now().timestamp() - app_settings.REAUTHENTICATION_TIMEOUT)


def package_of(request: TenantRequest, key: UUID) -> FileResponse:
    """The newest package of a request; each download is recorded before the first byte. Raises Http404."""
    asked = access_request_by_id(key, request.tenant)
    with system_scope(reason="hand out an export package"):
        alive = asked.packages.filter(purged_at=None, expires_at__gt=timezone.now()).exclude(sha256="")
        package = alive.first()
        path = conf.packages_dir() / f"{package.pk}.zip" if package is not None else None
        if package is None or path is None or not path.exists():
            raise Http404
        audit.record("privacy.package_downloaded", by=request.user, tenant=asked.tenant_id, target=asked)
        Package.objects.filter(pk=package.pk).update(downloads=F("downloads") + 1)
    response = FileResponse(path.open("rb"), as_attachment=True, filename=f"{asked.number}.zip")
    response["Cache-Control"] = "no-store, private"
    return response
