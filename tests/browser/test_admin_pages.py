"""Every page of the admin in Chromium: accessible, never wider than the window, and all of it by keyboard."""

from __future__ import annotations

import pytest
from django.conf import settings as project
from django.contrib.admin.sites import site
from django.core.management import call_command
from django.urls import NoReverseMatch, reverse

from console.operations.models import Approval
from console.pages import pages
from tenancy import system_scope
from tenancy.models import Tenant, TenantPurge, UserTenantMembership
from tests.factories import make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES = [("light", 1280), ("dark", 1280), ("light", 400), ("dark", 400)]


@pytest.fixture
def person(settings, tmp_path, capsys):
    """A superuser over the demo's data, with something to approve and something purged."""
    settings.DEBUG, settings.MEDIA_ROOT, settings.STAFF_SECOND_FACTOR = True, tmp_path / "media", False
    call_command("seed_demo")
    person = make_user("root@demo.test", is_staff=True, is_superuser=True, full_name="Root")
    with system_scope(reason="test"):
        tenant = Tenant.objects.get(slug="fabrikam")
        TenantPurge.objects.create(
            tenant_key=tenant.pk, reason="contract ended", report={"rows": {"workspace_contact": 12}, "files": 3}
        )
        Approval.objects.create(verb="tenant.purge", reason="contract ended", expires_at="2999-01-01T00:00:00Z")
    return person


@pytest.fixture
def enter(client, open_browser, person):
    """Open a browser that is signed in."""

    def opened(**options):
        client.force_login(person)
        window = open_browser(**options)
        cookie = client.cookies[project.SESSION_COOKIE_NAME].value
        window.context.add_cookies([{"name": project.SESSION_COOKIE_NAME, "value": cookie, "url": window.url}])
        return window

    return opened


def addresses():
    """Every page of the admin that opens with a GET, by a name for its picture."""
    with system_scope(reason="test"):
        tenant = Tenant.objects.get(slug="northwind")
        member = UserTenantMembership.objects.filter(tenant=tenant, role="owner").get()
        found = {"index": reverse("admin:index"), "find-hits": reverse("admin:find") + "?q=northwind"}
        found["tenant-page"] = reverse("admin:tenant_page", args=[tenant.pk])
        found["person-page"] = reverse("admin:person_page", args=[member.user_id])
        chosen = {Tenant: tenant, UserTenantMembership: member}
        for entry in pages():
            if "<" not in entry.route:
                found[f"page-{entry.name}"] = reverse(f"admin:{entry.name}")
        for model, admin in site._registry.items():
            name = f"{model._meta.app_label}_{model._meta.model_name}"
            row = chosen.get(model) or model._base_manager.order_by("pk").first()
            for view, args in (("changelist", []), ("add", []), ("change", [row and row.pk])):
                if view == "add" and not allows_adding(admin):
                    continue
                if args != [None]:
                    try:
                        found[f"{name}-{view}"] = reverse(f"admin:{name}_{view}", args=args)
                    except NoReverseMatch:
                        continue
    return found


def allows_adding(admin) -> bool:
    """Whether somebody who may do everything may add a row; asked of the page with a stand-in for the request."""

    class Request:
        user = type("Root", (), {"has_perm": staticmethod(lambda *_: True), "is_superuser": True, "is_active": True})()

    return admin.has_add_permission(Request())


@pytest.mark.parametrize(("theme", "width"), SIZES)
def test_every_page_is_readable(enter, theme, width):
    window = enter(theme=theme, width=width)
    found = addresses()
    assert len(found) > 45
    for name, path in found.items():
        window.visit(path)
        window.check(f"admin-{name}")


def test_the_keyboard_does_it_all(enter):
    """Search with "/", open a page, open a dialog, leave it with Escape, suspend: without the mouse."""
    window = enter()
    page, keys = window.page, window.page.keyboard
    window.visit("/admin/")
    keys.press("/")
    page.locator("#search-input-command").wait_for(state="visible")
    keys.type("northwind")
    page.locator("#command-results-list").wait_for()
    keys.press("ArrowDown")
    keys.press("Enter")
    page.wait_for_url("**/admin/tenants/**")
    suspend = page.get_by_role("link", name="Suspend")
    suspend.focus()
    keys.press("Enter")
    dialog = page.get_by_role("dialog")
    dialog.wait_for()
    page.wait_for_function("document.activeElement.closest('#modal-content') !== null")
    window.check("admin-dialog")
    for _ in range(12):  # Tab goes round inside
        keys.press("Tab")
        assert page.evaluate("document.activeElement.closest('#modal-content') !== null")
    keys.press("Escape")
    dialog.wait_for(state="hidden")
    page.wait_for_function("document.activeElement.textContent.includes('Suspend')")
    more = page.get_by_role("button", name="More")
    more.focus()
    keys.press("Enter")
    page.get_by_role("link", name="Transfer ownership").wait_for()
    keys.press("Escape")
    suspend.focus()
    keys.press("Enter")
    page.locator("[name=reason]").fill("Invoices are overdue")
    page.locator("#dialog button[type=submit]").focus()
    keys.press("Enter")
    page.get_by_text("The tenant is suspended.").wait_for()
