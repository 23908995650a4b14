"""The trail, an object's history, the way back, exports and bulk changes in Chromium: light, dark, narrow."""

from __future__ import annotations

import pytest
from django.conf import settings as project
from django.utils import timezone

from console.operations.models import AuditEvent
from tenancy import invitations, lifecycle, system_scope
from tests.factories import make_membership, make_tenant, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LIST = "/admin/tenancy/usertenantmembership/"


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 1280), ("light", 400), ("dark", 400)])
def test_the_pages_are_readable(open_browser, client, settings, theme, width):
    settings.STAFF_SECOND_FACTOR = False
    root = make_user("root@example.test", is_staff=True, is_superuser=True)
    client.force_login(root)
    tenant = make_tenant("northwind")
    for _ in range(3):
        make_membership(tenant)
    with system_scope(reason="test"):
        before = tenant.history.first()
        lifecycle.rename_tenant(tenant, name="Northwind Traders", by=root, reason="ticket 4711")
        lifecycle.suspend_tenant(tenant, by=root, reason="unpaid")
        lifecycle.restore_tenant(tenant, by=root, reason="paid")
        suspended = tenant.history.get(state="suspended")
        used = invitations.invite("ada@example.test", tenant, "member", by=root)
        used.accepted_at = timezone.now()
        used.save()
        sent = used.history.last()
        assert AuditEvent.objects.exists()
    window = open_browser(theme=theme, width=width)
    cookie = client.cookies[project.SESSION_COOKIE_NAME].value
    window.context.add_cookies([{"name": project.SESSION_COOKIE_NAME, "value": cookie, "url": window.url}])
    history = f"/admin/trail/tenancy.tenant/object/{tenant.pk}/"
    pages = {
        "trail": ("/admin/trail/", "ticket 4711"),
        "trail-of-a-tenant": ("/admin/trail/?tenant=northwind&reason=4711", "tenant.renamed"),
        "object-history": (history, "Changes"),
        "object-as-of": (f"{history}?at=2999-01-01", "Revert to this"),
        "change": (f"/admin/trail/tenancy.tenant/{before.history_id}/", "Field"),
        "revert": (f"/admin/trail/tenancy.tenant/{before.history_id}/revert/", "Becomes"),
        "revert-a-state": (f"/admin/trail/tenancy.tenant/{suspended.history_id}/revert/", "goes back by its own act"),
        "revert-nothing": (f"/admin/trail/tenancy.invitation/{sent.history_id}/revert/", "a membership came of it"),
        "trail-by-reason": ("/admin/trail/?reason=471", "tenant.renamed"),
        "export": ("/admin/exports/new/trail/?tenant=northwind", "Up to 1000 rows"),
        "exports": ("/admin/exports/", "No exports"),
        "memberships": (LIST, "3 rows on this page"),
        "bulk-changes": ("/admin/operations/bulkrun/", "Bulk changes"),
    }
    for name, (address, words) in pages.items():
        window.visit(address)
        if name.startswith("trail"):  # the rows come first where there is little room; a click on the line opens them
            assert window.page.locator("[name=since]").is_visible() is (width > 640)
            line = window.page.locator(".console-fold > summary")
            given = address.count("=")
            assert line.inner_text() == (f"Filters ({given} set)" if given else "Filters")
            if width < 640:
                line.click()
                window.page.locator("[name=since]").wait_for()
        assert words.lower() in window.text.lower(), name
        window.check(name)
