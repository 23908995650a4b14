"""Look a person up by whatever is known of them; shared by the console's page and the organisations' own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _

from console.workspace.models import Contact
from pii.exceptions import RequestRefused
from pii.find import find, where
from pii.models import DataRequest
from pii.requests import receive, requests_about
from pii.subjects import Subject
from tenancy import audit, system_scope
from tenancy.models import Tenant, UserTenantMembership

BY = {
    "email": _("E-mail address"),
    "phone": _("Phone number"),
    "user": _("Id of an account"),
    "member": _("Id of a membership"),
    "contact": _("Id of a contact"),
}
MODELS: dict[str, Any] = {"user": get_user_model, "member": lambda: UserTenantMembership, "contact": lambda: Contact}


def who(by: str, value: str, *, tenant: Any = None) -> dict[str, Any]:
    """What was typed as the arguments of `receive`. Raises RequestRefused where nothing of that kind is there.

    With `tenant`, only that organisation's records can be named, and no account by itself.
    """
    value = value.strip()
    if by in ("email", "phone"):
        return {f"{by}s": [value]}
    if by not in MODELS or (by == "user" and tenant is not None):
        raise RequestRefused(str(_("Choose by what you look for the person.")), code="not_found")
    try:
        key = UUID(value)
    except ValueError as error:
        raise RequestRefused(str(_("This is no id.")), code="not_found") from error
    with system_scope(reason="look a person up"):
        rows = MODELS[by]()._base_manager.filter(pk=key)
        row = (rows.filter(tenant=tenant) if tenant is not None else rows).first()
    if row is None:
        raise RequestRefused(str(_("Nothing has this id.")), code="not_found")
    return {"objects": [row]}


def look(by: str, value: str, *, actor: Any, tenant: Any = None) -> list[dict[str, Any]]:
    """Where the person's data is and how much: lines of name, organisation and rows, never a value. On record.

    Raises RequestRefused for what names nobody.
    """
    named = who(by, value, tenant=tenant)
    tenant_id = getattr(tenant, "pk", tenant)
    try:
        subject = Subject.start(**named, tenant_id=tenant_id)
    except ValueError as error:
        raise RequestRefused(str(error), code="nobody") from error
    with system_scope(reason="find a person's data", actor=actor):
        subject = find(subject.limited_to(tenant_id, with_account=tenant_id is None))
        lines = [line for line in where(subject) if line["rows"]]
        slugs = dict(
            Tenant.objects.filter(pk__in={line["tenant"] for line in lines if line["tenant"]}).values_list("pk", "slug")
        )
        audit.record(
            "privacy.person_looked_up",
            by=actor,
            tenant=tenant_id,
            details={"by": by, "rows": sum(line["rows"] for line in lines)},
        )
    return [{**line, "slug": slugs.get(line["tenant"], "")} for line in lines]


def open_request(kind: str, by: str, value: str, *, actor: Any, tenant: Any = None) -> DataRequest:
    """Enter a request about the person who was looked up. Raises RequestRefused."""
    return receive(kind, by=actor, tenant=tenant, **who(by, value, tenant=tenant))


def earlier(by: str, value: str, *, tenant: Any = None) -> list[DataRequest]:
    """The requests about whoever was looked up by an address or a number."""
    return requests_about(value, tenant=tenant) if by in ("email", "phone") else []
