"""The checked door to an organisation's own privacy requests, and what its officers may do with one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from allauth.account import app_settings
from django.db.models import F
from django.http import FileResponse, Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from pii import conf
from pii import requests as verbs
from pii.erase import start_erasure
from pii.exceptions import RequestRefused
from pii.export import start_export
from pii.models import DataRequest, Package
from pii.plan import make_plan
from tenancy import audit, system_scope
from tenancy.http import TenantRequest

Verb = Callable[[DataRequest, Any, Mapping[str, str]], str]


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


def _reason(data: Mapping[str, str]) -> str:
    return data.get("reason", "").strip()


def _attest(asked: DataRequest, by: Any, data: Mapping[str, str]) -> str:
    verbs.attest(asked, by=by, method=_reason(data))
    return _("The identity is confirmed.")


def _plan(asked: DataRequest, by: Any, data: Mapping[str, str]) -> str:
    make_plan(asked, by=by)
    return _("The plan is made.")


def _export(asked: DataRequest, by: Any, data: Mapping[str, str]) -> str:
    start_export(asked, by=by)
    return _("The package is being made.")


def _approve(asked: DataRequest, by: Any, data: Mapping[str, str]) -> str:
    if data.get("plan", "") != asked.plan_hash:
        raise RequestRefused(_("The plan has changed since it was shown: look at it again."), code="drift")
    verbs.approve(asked, by=by, plan_hash=asked.plan_hash)
    return _("Approved.")


def _carry_out(asked: DataRequest, by: Any, data: Mapping[str, str]) -> str:
    start_erasure(asked, by=by, typed_number=_reason(data))
    return _("The erasure is running.")


def _extend(asked: DataRequest, by: Any, data: Mapping[str, str]) -> str:
    verbs.extend(asked, by=by, ground=_reason(data))
    return _("Extended.")


def _refuse(asked: DataRequest, by: Any, data: Mapping[str, str]) -> str:
    verbs.refuse(asked, by=by, ground=_reason(data))
    return _("Refused.")


def _withdraw(asked: DataRequest, by: Any, data: Mapping[str, str]) -> str:
    verbs.withdraw(asked, by=by, ground=_reason(data))
    return _("Withdrawn.")


VERBS: dict[str, Verb] = {
    "attest": _attest,
    "plan": _plan,
    "export": _export,
    "approve": _approve,
    "carry_out": _carry_out,
    "extend": _extend,
    "refuse": _refuse,
    "withdraw": _withdraw,
}
