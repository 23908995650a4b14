"""Where people land: sign-in leads into the right tenant, several tenants are offered, gates say what to do."""

import pytest

from tenancy import system_scope
from tenancy.models import Tenant

from ...factories import PASSWORD, make_membership, make_user


def sign_in(client, user, follow_to="/"):
    return client.post("/accounts/login/", {"login": user.email, "password": PASSWORD, "next": follow_to}, follow=True)


def proved_user():
    from console.accounts.people import mark_verified

    user = make_user()
    with system_scope(reason="test"):
        mark_verified(user)
    return user


def test_sign_in_lands_in_the_only_tenant(client, tenant_a):
    user = proved_user()
    make_membership(tenant_a, user)
    answer = sign_in(client, user)
    assert answer.redirect_chain[-1][0] == "/t/northwind/"
    assert answer.status_code == 200


def test_sign_in_with_several_tenants_offers_them_and_remembers_the_last(client, tenant_a, tenant_b):
    user = proved_user()
    for tenant in (tenant_a, tenant_b):
        make_membership(tenant, user)
    answer = sign_in(client, user)
    assert answer.redirect_chain[-1][0] == "/organisations/"
    assert b"/t/northwind/" in answer.content
    assert b"/t/contoso/" in answer.content
    client.get("/t/contoso/")
    assert client.get("/", follow=True).redirect_chain[-1][0] == "/t/contoso/"


def test_sign_in_with_no_tenant_says_what_to_do(client, db):
    user = proved_user()
    answer = sign_in(client, user)
    assert answer.redirect_chain[-1][0] == "/organisations/"
    assert user.email.encode() in answer.content


def test_a_deep_link_survives_sign_in(client, tenant_a):
    user = proved_user()
    make_membership(tenant_a, user)
    answer = client.get("/t/northwind/contacts/")
    assert answer.status_code == 302
    answer = client.post(
        answer["Location"], {"login": user.email, "password": PASSWORD, "next": "/t/northwind/contacts/"}, follow=True
    )
    assert answer.redirect_chain[-1][0] == "/t/northwind/contacts/"


def test_the_switcher_shows_own_tenants_alone(client, tenant_a, tenant_b, enter):
    membership = enter(tenant_a)
    assert b"contoso" not in client.get("/t/northwind/").content.lower()
    make_membership(tenant_b, membership.user)
    page = client.get("/t/northwind/").content.decode()
    assert '<a href="/t/contoso/">Contoso</a>' in page
    page = client.get("/", headers={"host": "northwind.localhost:8000"}).content.decode()
    assert '<a href="http://localhost:8000/t/contoso/">Contoso</a>' in page


@pytest.mark.parametrize("state", ["suspended", "archived"])
def test_a_closed_tenant_says_what_to_do_and_holds_nobody_fast(client, tenant_a, tenant_b, enter, state):
    membership = enter(tenant_a)
    make_membership(tenant_b, membership.user)
    client.get("/t/northwind/")
    with system_scope(reason="test"):
        Tenant.objects.filter(pk=tenant_a.pk).update(
            state=state, is_active=False, suspended_reason="Invoice 12 is open"
        )
    for path in ("/t/northwind/", "/t/northwind/contacts/", "/contacts/"):
        answer = client.get(path)
        assert answer.status_code == 403
        assert b"support" in answer.content
        assert (b"Invoice 12 is open" in answer.content) is (state == "suspended")
    answer = client.get("/organisations/")
    assert answer.status_code == 200
    assert b"/t/contoso/" in answer.content
    client.force_login(make_user())
    assert client.get("/t/northwind/").status_code == 404


def test_a_stale_tab_saves_nothing_and_shows_what_was_typed(client, tenant_a, tenant_b, enter):
    from console.workspace.models import Contact

    membership = enter(tenant_a)
    make_membership(tenant_b, membership.user)
    page = client.get("/t/northwind/contacts/new/").content.decode()
    mark = page.split('name="_tenant" value="')[1].split('"')[0]
    answer = client.post("/t/contoso/contacts/new/", {"_tenant": mark, "last_name": "Typed<b>"})
    assert answer.status_code == 409
    assert "Typed&lt;b&gt;" in answer.content.decode()
    with system_scope(reason="test"):
        assert not Contact.objects.exists()
    assert client.post("/t/northwind/contacts/new/", {"_tenant": mark, "last_name": "Typed"}).status_code == 302


def test_static_addresses_never_carry_a_tenant(client, tenant_a, enter):
    enter(tenant_a)
    page = client.get("/t/northwind/").content.decode()
    assert 'href="/static/console/site.css"' in page
    assert "/t/northwind/static" not in page
