"""Imports made from text, and what became of them."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from console.members import flow
from console.members.browse import pages
from console.members.choices import Choices
from console.members.uploading import upload
from tenancy import system_scope, tenant_scope
from tenancy.models import UserTenantMembership

HEAD = "email,name,role,active,external id,title\n"


def imported(tenant, text, *, by=None, ceiling="owner", overrides=None, **choices):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "people.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return flow.import_file(
            tenant, path, by=by, choices=Choices(**choices), ceiling=ceiling, overrides=overrides or {}
        )


def previewed(tenant, text, *, by=None, ceiling="owner", **choices):
    with TemporaryDirectory() as folder, tenant_scope(tenant):
        path = Path(folder) / "people.csv"
        path.write_text(text)
        item = upload(tenant, path, name="people.csv", by=by, choices=Choices(**choices), ceiling=ceiling)
        flow.preview(item)
        return item


def listed(item, action):
    with tenant_scope(item.tenant_id):
        return list(pages(item, action))


def refusals(item):
    return {row["line"]: row["problems"][0]["code"] for row in listed(item, "refused")}


def member(tenant, email):
    with system_scope(reason="test"):
        return UserTenantMembership.objects.get(tenant=tenant, user__email=email)


def members(tenant):
    with system_scope(reason="test"):
        return set(UserTenantMembership.objects.filter(tenant=tenant).values_list("user__email", flat=True))


def history(tenant, email):
    row = member(tenant, email)
    with system_scope(reason="test"):
        return list(row.history.order_by("history_id").values_list("history_type", "history_change_reason"))
