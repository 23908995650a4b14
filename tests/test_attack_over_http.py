"""What an attacker tries at every address: foreign hosts, redirects, GETs that act, forms without their token."""

from __future__ import annotations

import uuid
from urllib.parse import urlsplit

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.test import Client

from tenancy import system_scope, tenant_scope
from tenancy.testing.isolation import assert_isolated, owned_models, text_of
from tenancy.testing.routes import routes

from .factories import make_membership, make_user
from .fleet import fleet

EVIL = "evil.test"
NEXT = ("next", "redirect_to", "return_to", "url", "back", "continue", "_next", "redirect_field_name")
TARGETS = (f"https://{EVIL}/", f"//{EVIL}/", f"/\\{EVIL}/", f"https:{EVIL}", "javascript:alert(1)", f"\t//{EVIL}/")
# Answers that no token guards, since they change nothing for anybody; one route and its reason each.
NEEDS_NO_TOKEN = {
    "healthz": "a probe; posting is refused",
    "readyz": "a probe; posting is refused",
}


@pytest.fixture
def both(tenant_a, tenant_b, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return fleet(tenant_a, tenant_b)


@pytest.fixture
def owner(both):
    client = Client()
    client.force_login(make_membership(both.a, role="owner").user)
    return client


@pytest.fixture
def staff(db):
    client = Client()
    client.force_login(make_user(is_staff=True, is_superuser=True))
    return client


def plain(*, admin):
    """Addresses without parameters, of the admin or of everything else; signing out is left out."""
    for route in routes():
        if not route.converters and "logout" not in route.name and route.name.startswith("admin:") == admin:
            yield route.name, route.fill([])


def leads_astray(response):
    where = response.headers.get("Location", "")
    return urlsplit(where.strip()).netloc not in ("", "testserver") or where.strip().startswith(("/\\", "javascript:"))


@pytest.mark.parametrize("who", ["owner", "staff", "nobody"])
@pytest.mark.parametrize("target", TARGETS)
def test_no_address_leads_to_another_host(request, both, who, target):
    client = Client() if who == "nobody" else request.getfixturevalue(who)
    asked = dict.fromkeys(NEXT, target)
    tried = 0
    for name, address in plain(admin=who == "staff"):
        for response in (client.get(address, asked), client.post(address, asked)):
            assert response.status_code < 500, (name, response.status_code)
            assert not leads_astray(response), (name, response.headers.get("Location"))
            if not response.streaming:
                text = response.content.decode("utf-8", "replace")
                for link in (f'href="{target}', f'action="{target}', 'href="javascript:', "href='javascript:"):
                    assert link not in text, (name, link)
            tried += 1
    assert tried > 40


HOSTS = (
    {"HTTP_HOST": EVIL},
    {"HTTP_X_FORWARDED_HOST": EVIL},
    {"HTTP_FORWARDED": f"host={EVIL}"},
    {"HTTP_X_ORIGINAL_URL": f"https://{EVIL}/admin/", "HTTP_X_REWRITE_URL": "/admin/"},
    {"HTTP_HOST": f"testserver@{EVIL}"},
    {"HTTP_HOST": f"northwind.{EVIL}"},
    {"HTTP_REFERER": f"https://{EVIL}/"},
)


@pytest.mark.parametrize("headers", HOSTS, ids=lambda headers: " ".join(headers.values())[:40])
def test_no_page_and_no_mail_repeats_a_host_that_is_not_ours(owner, staff, mailoutbox, headers):
    for client, admin in ((owner, False), (staff, True)):
        for name, address in plain(admin=admin):
            response = client.get(address, **headers)
            assert response.status_code < 500, (name, response.status_code)
            assert EVIL not in text_of(response).replace("DisallowedHost", ""), name
    Client().post("/accounts/password/reset/", {"email": owner_address(owner)}, **headers)
    for mail in mailoutbox:
        assert EVIL not in mail.message().as_string()


def owner_address(client):
    with system_scope(reason="test"):
        return apps.get_model("accounts", "User").objects.get(pk=client.session["_auth_user_id"]).email


@pytest.mark.parametrize("header", ["HTTP_X_HTTP_METHOD_OVERRIDE", "HTTP_X_HTTP_METHOD", "HTTP_X_METHOD_OVERRIDE"])
def test_no_get_and_no_overridden_method_changes_a_row(both, owner, header):
    """Every address of the workspace with own keys, by the methods that must not act."""
    before, asked = rows_of(both.a), 0
    for route in routes():
        if route.name.startswith(("admin:", "account_", "mfa_", "usersessions_")) or len(route.converters) > 1:
            continue
        for key in both.keys(0) if route.converters else [""]:
            address = f"/t/{both.a.slug}" + route.fill([key])
            for response in (
                owner.get(address, {"_method": "DELETE", "act": "discard"}, **{header: "DELETE"}),
                owner.head(address),
                owner.options(address),
            ):
                assert response.status_code < 500, (route.name, response.status_code)
                assert_isolated(response)
                asked += 1
    assert rows_of(both.a) == before
    assert asked > 300


def rows_of(tenant):
    """All rows of a tenant, but the memory of what was seen (an import counts nothing on reading)."""
    with tenant_scope(tenant):
        return {
            (model._meta.label, row["pk"]): row
            for model in owned_models()
            for row in model._base_manager.values("pk", *[field.attname for field in model._meta.concrete_fields])
        }


def test_no_post_passes_without_its_token(both, owner, staff):
    """With cookies alone, as a foreign page would post; the same with a token that is not the session's."""
    before, refused = rows_of(both.a), 0
    for client, admin, prefix in ((owner, False, f"/t/{both.a.slug}"), (staff, True, "")):
        client.handler.enforce_csrf_checks = True
        for route in routes():
            if route.name in NEEDS_NO_TOKEN or route.name.startswith("admin:") != admin or len(route.converters) > 2:
                continue
            key = str(both.a.pk) if admin else both.keys(0)[0]
            for data in ({}, {"csrfmiddlewaretoken": "x" * 64}):
                response = client.post(prefix + route.fill([key] * len(route.converters)), data)
                assert response.status_code in (403, 404, 307), (route.name, response.status_code)
                refused += response.status_code == 403
    assert rows_of(both.a) == before
    assert refused > 200


TENANTS_PAGES = ("home", "workspace_")


def test_pages_of_a_tenant_are_kept_by_no_cache(both, owner):
    """A page of a tenant is its reader's alone: no proxy keeps it, and no browser after signing out."""
    asked = 0
    for route in routes():
        if not route.name.startswith(TENANTS_PAGES) or len(route.converters) > 1 or route.name == "workspace_branding":
            continue
        for key in both.keys(0) if route.converters else [""]:
            response = owner.get(f"/t/{both.a.slug}" + route.fill([key]))
            if response.status_code == 200:
                said = response.headers.get("Cache-Control", "")
                assert "no-store" in said, (route.name, said)
                assert "public" not in said, (route.name, said)
                asked += 1
    assert asked > 25


def test_pages_of_the_admin_are_kept_by_no_cache(both, staff):
    for name, address in plain(admin=True):
        response = staff.get(address)
        if response.status_code == 200 and name != "admin:jsi18n":
            assert "no-store" in response.headers.get("Cache-Control", ""), name


HOSTILE = (
    "1;DROP TABLE x--",
    "tenant__users__password",
    "-tenant__memberships__user__password",
    "'",
    "\x00",
    "%00",
    "../../etc/passwd",
    "9" * 400,
    "-1",
    "[]",
    "{{7*7}}",
    "<script>alert(1)</script>",
    "a" * 5_000,
)
PARAMETERS = (
    "q",
    "o",
    "order",
    "sort",
    "ordering",
    "tag",
    "after",
    "before",
    "page",
    "p",
    "role",
    "state",
    "kind",
    "from",
)


@pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
def test_no_parameter_of_a_list_breaks_or_opens_it(owner, staff, value):
    for client, admin in ((owner, False), (staff, True)):
        for name, address in plain(admin=admin):
            if admin and not name.endswith(("_changelist", ":index", "search", "autocomplete")):
                continue
            response = client.get(address, dict.fromkeys(PARAMETERS, value))
            assert response.status_code < 500, (name, response.status_code)
            assert_isolated(response)
            assert "<script>alert(1)" not in text_of(response), name


def test_signing_in_changes_the_session_and_its_token(db):
    """A session that somebody else planted is worth nothing after its owner signs in."""
    person = make_user("fixed@example.test")
    person.set_password("long and well-kept")
    with system_scope(reason="test"):
        person.save()
        EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    client = Client()
    session = client.session
    session["planted"] = "by the attacker"
    session.save()
    client.cookies["sessionid"] = planted = session.session_key
    client.post("/accounts/login/", {"login": "fixed@example.test", "password": "long and well-kept"})
    assert client.cookies["sessionid"].value != planted
    assert client.session["_auth_user_id"] == str(person.pk)
    stranger = Client()
    stranger.cookies["sessionid"] = planted
    assert stranger.get("/contacts/").status_code == 302


@pytest.mark.parametrize(
    "slug",
    ["northwind%2f..%2fcontoso", "..%2fcontoso", "contoso%00", "CONTOSO", "contoso%0d%0aX: y", "contoso;", "%63ontoso"],
)
def test_no_spelling_of_another_tenants_address_opens_it(both, owner, slug):
    for rest in ("/contacts/", "//contacts/", "/accounts/%0d%0aSet-Cookie:%20a=b"):
        response = owner.get(f"/t/{slug}{rest}")
        assert response.status_code in (302, 307, 404), (slug, rest, response.status_code)
        assert_isolated(response)
        assert "\n" not in response.headers.get("Location", "")
        assert not leads_astray(response)


def test_a_form_sets_no_field_that_it_does_not_show(both, owner):
    """Each form of a record with every column of its model posted along: tenant, key, author and state stay."""
    from console.workspace.models import Contact, Note, Tag

    hostile = {
        "tenant": both.b.pk,
        "tenant_id": both.b.pk,
        "id": uuid.uuid4(),
        "pk": uuid.uuid4(),
        "created_by": uuid.uuid4(),
    }
    shown = {"first_name": "New", "last_name": "Name", "email": "new@example.test", "body": "new", "name": "new"}
    base = f"/t/{both.a.slug}"
    contact, note, tag = (both.rows[model][0] for model in (Contact, Note, Tag))
    for model, row, address in (
        (Contact, contact, f"/contacts/{contact.pk}/edit/"),
        (Note, note, f"/notes/{note.pk}/"),
        (Tag, tag, f"/contacts/tags/{tag.pk}/edit/"),
        (Tag, tag, f"/contacts/tags/{tag.pk}/"),
    ):
        kept = {name: getattr(row, name) for name in ("pk", "tenant_id")}
        owner.post(base + address, {**hostile, **shown})
        with tenant_scope(both.a):
            assert {name: getattr(model.objects.get(pk=row.pk), name) for name in kept} == kept
    with tenant_scope(both.a):
        assert Contact.objects.get(pk=contact.pk).first_name == "New", "the form itself works"
