"""The stock admin's page on which staff open a tenant's records: whoever is led there comes back to this host only."""

from __future__ import annotations

import pytest
from django.contrib.messages.storage.cookie import CookieStorage
from django.test import RequestFactory

from tenancy import staff_scope
from tenancy.sites import SESSION_KEY, TenantAdminSite
from tests.factories import make_user


@pytest.mark.parametrize(
    ("target", "followed"),
    [
        ("/admin/testapp/", True),
        ("//evil.test/", False),
        ("/\\evil.test/", False),
        ("\\\\evil.test/", False),
        ("https://evil.test/", False),
        ("javascript:alert(1)", False),
        ("", False),
    ],
)
def test_opening_a_tenants_records_leads_to_no_other_host(tenant_a, target, followed):
    person = make_user(is_staff=True, is_superuser=True)
    request = RequestFactory().post("/admin/open-tenant/", {"slug": "northwind", "reason": "ticket 7"})
    request.GET = {"next": target}
    request.user, request.session = person, {}
    request._messages = CookieStorage(request)
    with staff_scope(actor=person.pk, reason="test"):
        answer = TenantAdminSite("stock").open_tenant(request)
    assert answer.status_code == 302
    assert (answer["Location"] == target) == followed
    assert followed or answer["Location"] == "/admin/"
    assert request.session[SESSION_KEY]["tenant"] == str(tenant_a.pk)
