"""Addresses of every page of the admin that opens with a GET, those with arguments and histories included."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.admin.sites import site
from django.urls import NoReverseMatch, reverse

from console.operations import trail
from console.operations.models import Approval, BulkRow, BulkRun
from console.pages import pages
from pii.models import DataRequest, Kind, LegalHold
from pii.plan import make_plan
from pii.requests import attest, receive
from tenancy import system_scope
from tenancy.models import Tenant, TenantPurge, UserTenantMembership

NOT_SHOWN = {  # pages with arguments that answer a POST, a file, or a part of another page
    "end_session": "ends a staff session and leads back",
    "download_export": "a file",
    "pii_progress": "a part of the request's page",
}
CLOSED = {"workspace.contact": "a tenant's own record: its history opens in a staff session alone"}


def prepare(person: Any) -> None:
    """Rows of kinds that the demo has none of: something to approve, something purged, changed, held and asked for."""
    with system_scope(reason="test"):
        tenant = Tenant.objects.get(slug="fabrikam")
        report = {"rows": {"workspace_contact": 12}, "files": 3}
        TenantPurge.objects.create(tenant_key=tenant.pk, reason="contract ended", report=report)
        Approval.objects.create(verb="tenant.purge", reason="contract ended", expires_at="2999-01-01T00:00:00Z")
        run = BulkRun.objects.create(
            model="tenancy.tenant", action="suspend_selected", reason="overdue", total=3, done=1
        )
        BulkRow.objects.create(run=run, object_id=str(tenant.pk), state="refused", note="It is suspended already.")
        LegalHold.objects.create(model="", key="", tenant=tenant, ground="Case 12")
        asked = receive(Kind.ERASURE, by=person, emails=["viewer@northwind.test"])
        attest(asked, by=person, method="seen in person")
        make_plan(asked, by=person)
        attest(
            receive(Kind.RECTIFICATION, by=person, emails=["viewer@northwind.test"]), by=person, method="seen in person"
        )


def addresses() -> dict[str, str]:
    """Every page by a name for its picture."""
    with system_scope(reason="test"):
        found = {"index": reverse("admin:index"), "find-hits": reverse("admin:find") + "?q=northwind"}
        found["find-nothing"] = reverse("admin:find") + "?q=nobody-of-this-name"
        found["trail-nothing"] = reverse("admin:audit_browser") + "?since=2999-01-01T00:00"
        return found | dict(own_pages()) | dict(models_pages()) | dict(settings_pages())


def own_pages() -> Iterator[tuple[str, str]]:
    """Pages of the registry; one with arguments takes those of `arguments`: a new one fails until it has some."""
    given = arguments()
    for entry in pages():
        if entry.name in NOT_SHOWN:
            continue
        if "<" not in entry.route:
            yield f"page-{entry.name}", reverse(f"admin:{entry.name}")
        else:
            yield f"page-{entry.name}", reverse(f"admin:{entry.name}", args=given[entry.name])
    asked = DataRequest.objects.filter(kind=Kind.ERASURE).first()
    assert asked is not None
    yield "page-pii_review", reverse("admin:pii_review", args=[asked.pk])
    yield "page-pii_record", reverse("admin:pii_record")
    yield "page-pii_coverage", reverse("admin:pii_coverage")


def arguments() -> dict[str, list[Any]]:
    member, asked = owner(), DataRequest.objects.filter(kind=Kind.ERASURE).first()
    wrong = DataRequest.objects.filter(kind=Kind.RECTIFICATION).first()
    label = "tenancy.usertenantmembership"
    change = trail.history_of(label)._default_manager.order_by("-history_id").first()
    assert asked is not None
    assert wrong is not None
    return {
        "tenant_page": [member.tenant_id],
        "person_page": [member.user_id],
        "export_list": ["tenancy.tenant"],
        "audit_object": [label, str(member.pk)],
        "audit_change": [label, change.history_id],
        "audit_revert": [label, change.history_id],
        "pii_decisions": [asked.pk],
        "pii_rectify": [wrong.pk],
    }


def owner() -> UserTenantMembership:
    """The owner of the demo's first tenant, whose tenant and account the walk opens too."""
    return UserTenantMembership.objects.select_related("tenant", "user").get(tenant__slug="northwind", role="owner")


def row_of(model: Any) -> Any:
    """The row whose pages are opened."""
    member = owner()
    chosen = {Tenant: member.tenant, UserTenantMembership: member, type(member.user): member.user}
    return chosen.get(model) or model._base_manager.order_by("pk").first()


def models_pages() -> Iterator[tuple[str, str]]:
    for model, admin in site._registry.items():
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        row = row_of(model)
        views: list[tuple[str, list[Any]]] = [("changelist", [])]
        views += [("add", [])] if allows_adding(admin) else []
        if row is not None:
            views.append(("change", [row.pk]))
            is_kept = hasattr(model._meta, "simple_history_manager_attribute")
            views += [("history", [row.pk])] if is_kept and model._meta.label_lower not in CLOSED else []
        for view, args in views:
            try:
                yield f"{name}-{view}", reverse(f"admin:{name}_{view}", args=args)
            except NoReverseMatch:
                continue


def settings_pages() -> Iterator[tuple[str, str]]:
    """The settings of a tenant: the overview, each group's form, the history."""
    key = owner().tenant_id
    yield "settings", reverse("admin:tenancy_tenant_settings_index", kwargs={"object_id": key})
    yield "settings-history", reverse("admin:tenancy_tenant_settings_history", kwargs={"object_id": key})
    for group in ("members", "sign_in", "region"):
        kwargs = {"object_id": key, "group": group}
        yield f"settings-{group}", reverse("admin:tenancy_tenant_settings_group", kwargs=kwargs)


def allows_adding(admin: Any) -> bool:
    """Whether somebody who may do everything may add a row; asked of the page with a stand-in for the request."""

    class Request:
        user = type("Root", (), {"has_perm": staticmethod(lambda *_: True), "is_superuser": True, "is_active": True})()

    return bool(admin.has_add_permission(Request()))
