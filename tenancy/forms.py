"""The tenant that a form was rendered for travels with it, signed, so that a stale tab cannot write into another."""

from __future__ import annotations

from django.core.signing import BadSignature, Signer
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from .models import Tenant

FIELD = "_tenant"
HEADER = "X-Tenant-Form"
_HIDDEN = {FIELD, "csrfmiddlewaretoken"}


def _signer() -> Signer:
    return Signer(salt="tenancy.forms")


def form_token(tenant: Tenant) -> str:
    """The signed mark of a tenant for a form (or for the header of a scripted request)."""
    return _signer().sign(str(tenant.pk))


def form_field(tenant: Tenant) -> SafeString:
    """The hidden input that carries the mark."""
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, form_token(tenant))


def is_for_tenant(request: HttpRequest, tenant: Tenant, *, required: bool) -> bool:
    """Whether the posted form was rendered for `tenant`. Without a mark: True unless `required`."""
    mark = request.headers.get(HEADER) or request.POST.get(FIELD)
    if not mark:
        return not required
    try:
        return _signer().unsign(mark) == str(tenant.pk)
    except BadSignature:
        return False


def typed_values(request: HttpRequest) -> list[tuple[str, str]]:
    """What a person typed into a refused form, passwords left out, to be shown and copied."""
    return [
        (name, value)
        for name, values in request.POST.lists()
        if name not in _HIDDEN and "password" not in name.lower()
        for value in values
        if value
    ]
