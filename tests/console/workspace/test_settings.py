"""The settings framework's pages, as a tenant's own administrators get them."""

import pytest

from tenancy.roles import Role
from tenancy.settings.registry import registry


@pytest.fixture
def group():
    """The key of a declared group."""
    found = next((group.key for group in registry if not group.problems), None)
    assert found, "no group of settings is declared"
    return found


@pytest.mark.parametrize("role", Role.values)
def test_pages_open_for_those_who_manage_settings(client, tenant_a, enter, group, role):
    enter(tenant_a, role)
    expected = 200 if role in ("owner", "admin") else 403
    for path in ("", f"{group}/", "history/"):
        assert client.get(f"/t/northwind/settings/{path}").status_code == expected
    assert client.post(f"/t/northwind/settings/{group}/", {"_do": "review"}).status_code in (
        (200, 422) if expected == 200 else (403,)
    )
    if expected == 200:
        assert client.get("/t/northwind/settings/none/").status_code == 404
