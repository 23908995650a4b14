"""The search: what is found, in step with the sources, and only by those who may see it now."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.urls import reverse

from console.operations import search
from tenancy import lifecycle, staff_scope, system_scope, tenant_scope
from tenancy.models import UserTenantMembership
from tests.factories import make_membership, make_tenant, make_user


@pytest.fixture
def system(db):
    with system_scope(reason="test"):
        yield


def found(kind, text):
    return set(search.keys_matching(kind, text))


def test_words_follow_their_source(system):
    tenant = make_tenant("north-wind", name="Müller & Söhne Handels-GmbH")
    for text in ("north", "NORTH-W", "müll", "söhne mü", "gmbh", "north-wind"):
        assert found("tenant", text) == {tenant.pk}, text
    for text in ("wald", "sohne", "orth", "müller x", "", "%", "\0"):
        assert found("tenant", text) == set(), text
    lifecycle.rename_tenant(tenant, name="Other", by=None, reason="r")
    assert (found("tenant", "müll"), found("tenant", "oth")) == (set(), {tenant.pk})
    member = make_membership(tenant, display_name="Xanthippe")
    assert found("membership", "xanthippe") == {member.pk}
    member.delete()
    assert found("membership", "xanthippe") == set()


def test_people_are_found_by_address_domain_and_name(system):
    user = make_user("jo.smith@corp.example.test", full_name="Jo van der Smith")
    for text in ("jo.smith@corp.example.test", "smith", "corp.example", "van der", "corp"):
        assert user.pk in found("person", text), text
    user.last_login = None
    user.save()
    user.full_name = "Anonymous"
    user.save()
    assert found("person", "der") == set()


def test_masked_names_are_not_spelt_out_letter_by_letter(staff_client, tenant_a, tenant_b):
    """Words of people are typed whole; a session opens the beginnings of its tenant's members."""
    for tenant in (tenant_a, tenant_b):
        make_membership(tenant, make_user(f"xanthippe@{tenant.slug}.test"), display_name="Xanthippe")
    client = staff_client(
        "tenancy.view_tenant", "accounts.view_user", "tenancy.view_usertenantmembership", "operations.open_session"
    )

    def hits(text):
        groups = client.get("/admin/find/", {"q": text}).context["groups"]
        return [hit.description for group in groups for hit in group["hits"]]

    assert hits("xant") == []
    assert len(hits("xanthippe")) == 4
    for name in ("accounts_user", "tenancy_usertenantmembership"):
        listed = client.get(reverse(f"admin:{name}_changelist"), {"q": "xant"})
        assert listed.context["cl"].result_count == 0, name
    form = {"_form_submitted": "True", "reason": "x", "ticket": "T-1"}
    client.post(reverse("admin:tenancy_tenant_open_session", args=[tenant_a.pk]), form)
    assert hits("xant") == ["Person · xanthippe@northwind.test", "Membership · northwind · member"]


def test_a_tenants_own_writes_reach_the_words_that_it_cannot_read(tenant_a):
    member = make_membership(tenant_a)
    with tenant_scope(tenant_a):
        member.display_name = "Zebediah Quux"
        member.save()
        with pytest.raises(Exception, match="permission denied"), connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM operations_searchtoken")


def test_the_palette_asks_for_the_permission_at_every_key(staff_client, tenant_a):
    person = make_user("palette@example.test", full_name="Palette Person")
    client = staff_client("tenancy.view_tenant", "accounts.view_user")
    where = reverse("admin:search")
    for term in (
        "palette",
        "palette@example.test",
        str(person.pk),
        f"https://x/admin/accounts/user/{person.pk}/change/",
    ):
        assert "P••• P•••".encode() in client.get(where, {"s": term, "extended": "1"}).content, term
    assert b"Northwind" in client.get(where, {"s": "northw", "extended": "1"}).content
    with system_scope(reason="test"):
        client.user.user_permissions.remove(Permission.objects.get(codename="view_user"))
    gone = client.get(where, {"s": "palette", "extended": "1"})
    assert b"Palette Person" not in gone.content
    assert "no-store" in gone["Cache-Control"]


def test_what_was_typed_is_read():
    key = "7c2ad0e6-3f56-4a3b-a0c4-0a3a4dbb0001"
    query = search.read(f"Jo@Example.test, x@y.test https://h/admin/tenancy/tenant/{key}/change/")
    assert query.addresses == ("jo@example.test", "x@y.test")
    assert [str(found) for found in query.keys] == [key]


def test_people_are_spelled_out_only_in_an_open_staff_session(tenant_a, tenant_b):
    here, there = (make_membership(one, display_name="Xanthippe Quux") for one in (tenant_a, tenant_b))
    actor = make_user(is_staff=True)

    def keys(text, *tenants):
        with staff_scope(actor=actor, reason="test", content=frozenset(tenant.pk for tenant in tenants)):
            return set(UserTenantMembership.objects.filter(pk__in=search.matching("membership", text)))

    assert keys("xanthippe quux") == {here, there}
    assert keys("xanth") == set()
    assert keys("xanth", tenant_a) == {here}
    with staff_scope(actor=actor, reason="test"):
        assert search.matching("tenant", "northw") == [tenant_a.pk]


def test_the_lists_of_people_take_whole_words_alone(staff_client, tenant_a):
    make_membership(tenant_a, display_name="Xanthippe Quux")
    client = staff_client("tenancy.view_usertenantmembership")
    where = reverse("admin:tenancy_usertenantmembership_changelist")
    rows = [client.get(where, {"q": text}).context["cl"].result_count for text in ("xanthippe", "xanth")]
    assert rows == [1, 0]
