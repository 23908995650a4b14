"""A person reads who looked at their data, and nobody else's looks."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tenancy import lifecycle, staff_scope, system_scope
from tests.factories import make_membership, make_user

pytestmark = pytest.mark.django_db
PAGE = reverse("accounts_privacy")


@pytest.fixture
def jane(tenant_a):
    user = make_user("jane.canary@example.test", full_name="Jane Canary")
    make_membership(tenant_a, user)
    return user


def reveal(client, name, key, reason):
    answer = client.post(
        reverse(f"admin:{name}_reveal_personal_data", args=[key]), {"_form_submitted": "True", "reason": reason}
    )
    assert answer.headers["HX-Redirect"]


def test_looks_stand_on_the_account_page(staff_client, client, jane, tenant_a):
    officer = staff_client(
        "pii.reveal_pii", "accounts.view_user", "tenancy.view_usertenantmembership", "accounts.change_user"
    )
    other = make_membership(tenant_a)
    with system_scope(reason="test"):
        member = jane.memberships.get()
    client.force_login(jane)
    assert "Nobody did" in client.get(PAGE).content.decode()
    reveal(officer, "accounts_user", jane.pk, "ticket 4711")
    reveal(officer, "tenancy_usertenantmembership", member.pk, "ticket 4712")
    reveal(officer, "tenancy_usertenantmembership", other.pk, "ticket 4713")
    text = client.get(PAGE).content.decode()
    assert "ticket 4711" in text
    assert "ticket 4712" in text
    assert "Northwind" in text
    assert "ticket 4713" not in text
    assert officer.user.email not in text
    assert str(officer.user.pk)[:8] in text


def test_looks_through_ones_eyes_too(staff_client, client, jane, tenant_a):
    from console.operations.sessions import view_as

    officer = staff_client("operations.view_as_member")
    with staff_scope(actor=officer.user, reason="test"):
        member = jane.memberships.select_related("tenant", "user").get()
        view_as(member, by=officer.user, reason="cannot find the button", ticket="T-1")
    client.force_login(jane)
    text = client.get(PAGE).content.decode()
    assert "through your eyes" in text
    assert "cannot find the button" in text


def test_it_is_ones_own_and_survives_the_organisation(staff_client, client, jane, tenant_a):
    assert client.get(PAGE).status_code == 302
    with system_scope(reason="test"):
        lifecycle.archive_tenant(tenant_a, by=None, reason="r")
    client.force_login(jane)
    assert client.get(PAGE).status_code == 200
