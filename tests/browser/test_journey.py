"""A day in the console: sign-in with a second factor, overview, tenants, an import's preview, history; in Chromium."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.urls import reverse

from console.demo import PASSWORD
from tenancy import system_scope
from tenancy.models import Tenant, UserTenantMembership

from .test_accounts import code_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def demo(settings, tmp_path, capsys):
    settings.DEBUG, settings.MEDIA_ROOT = True, tmp_path / "media"
    settings.STAFF_SECOND_FACTOR = True
    call_command("seed_demo")
    with system_scope(reason="test"):
        tenant = Tenant.objects.get(slug="northwind")
        member = UserTenantMembership.objects.filter(tenant=tenant, role="owner").first()
    return tenant, member


def sign_in(window, address: str) -> None:
    """Sign in as staff, setting a second factor up on the way, as a person does on the first day."""
    window.visit("/admin/")
    window.check("sign-in")
    window.type(login=address, password=PASSWORD)
    window.page.get_by_role("button", name="Use an authenticator app").click()
    window.type(password=PASSWORD)
    secret = window.page.input_value("#authenticator_secret")
    window.type(code=code_of(secret))
    window.visit("/admin/")
    window.check("second-factor")
    window.type(code=code_of(secret))
    assert window.path == "/admin/"


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 1280), ("light", 400)])
def test_a_day_in_the_console(open_browser, demo, theme, width, tmp_path):
    tenant, member = demo
    window = open_browser(theme=theme, width=width)
    sign_in(window, "admin@demo.test")
    window.check("dashboard")
    pages = {
        "tenants": reverse("admin:tenancy_tenant_changelist"),
        "tenant": reverse("admin:tenant_page", args=[tenant.pk]),
        "tenant-edit": reverse("admin:tenancy_tenant_change", args=[tenant.pk]),
        "memberships": reverse("admin:tenancy_usertenantmembership_changelist"),
        "person": reverse("admin:person_page", args=[member.user_id]),
        "person-edit": reverse("admin:accounts_user_change", args=[member.user_id]),
        "membership-edit": reverse("admin:tenancy_usertenantmembership_change", args=[member.pk]),
        "history": reverse("admin:tenancy_tenant_history", args=[tenant.pk]),
        "trail": reverse("admin:audit_browser"),
        "roles": reverse("admin:staff_roles"),
        "jobs": reverse("admin:console_jobrun_changelist"),
    }
    for name, path in pages.items():
        window.visit(path)
        window.check(name)
    window.visit(reverse("admin:tenancy_tenant_import"))
    file = tmp_path / "tenants.csv"
    file.write_text("slug,name\ninitech,Initech\nnorthwind,Northwind Traders Inc\n")
    window.page.set_input_files("[name=import_file]", file)
    window.page.select_option("[name=format]", "0")
    window.press("Submit")
    assert "Initech" in window.text
    window.check("import-preview")
    window.visit(pages["tenant"])
    if width > 1000:
        window.page.get_by_role("link", name="Suspend").first.click()
        window.page.fill("[name=reason]", "Invoices are overdue")
        window.page.locator("#dialog button[type=submit]").click()
        window.page.get_by_text("The tenant is suspended.").wait_for()
        window.check("tenant-suspended")
