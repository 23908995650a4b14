"""Lists page by key: every row once, in order, forwards and back; no row is counted or skipped over."""

from __future__ import annotations

import re

import pytest
from django.contrib.admin.sites import site
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from console.lists import is_indexed
from console.lists.keyset import keyset_page
from console.lists.ordering import index_order
from console.models import JobRun
from console.operations.models import AuditEvent
from tenancy import system_scope
from tenancy.models import Invitation, Tenant, UserTenantMembership
from tests.factories import make_membership, make_tenant, make_user

LIST = "admin:tenancy_usertenantmembership_changelist"
BIG = (Tenant, UserTenantMembership, Invitation, JobRun, AuditEvent)


@pytest.fixture
def members(tenant_a, monkeypatch):
    """Nine memberships, six of them of one moment, and pages of four."""
    monkeypatch.setattr(site._registry[UserTenantMembership], "list_per_page", 4)
    for _ in range(8):
        make_membership(tenant_a)
    with system_scope(reason="test"):
        keys = list(UserTenantMembership.objects.order_by("pk").values_list("pk", flat=True))
        UserTenantMembership.objects.filter(pk__in=keys[:6]).update(created_at=timezone.now())
        return list(UserTenantMembership.objects.order_by("-created_at", "id").values_list("pk", flat=True))


def link(response, rel):
    found = re.search(rf'rel="{rel}" href="([^"]+)"', response.content.decode())
    return found and found[1].replace("&amp;", "&")


def shown(response):
    return [row.pk for row in response.context["cl"].result_list]


def test_pages_go_through_every_row_and_back(root, members):
    where, forth, pages = reverse(LIST), [], []
    response = root.get(where)
    while True:
        pages.append(shown(response))
        forth += shown(response)
        if link(response, "next") is None:
            break
        response = root.get(where + link(response, "next"))
    assert forth == members
    assert [len(page) for page in pages] == [4, 4, 1]
    back = [shown(response)]
    while link(response, "prev"):
        response = root.get(where + link(response, "prev"))
        back.insert(0, shown(response))
    assert back == pages
    assert b"First" not in response.content or shown(response) == pages[0]


def test_a_later_page_counts_and_skips_nothing(root, members):
    where = reverse(LIST)
    with CaptureQueriesContext(connection) as queries:
        response = root.get(where + link(root.get(where), "next"))
    assert shown(response) == members[4:8]
    listed = [query["sql"] for query in queries if '"tenancy_usertenantmembership"' in query["sql"]]
    assert listed
    assert not any("OFFSET" in sql or "COUNT(" in sql for sql in listed)


def test_filters_and_order_go_along_and_the_place_does_not(root, members, tenant_a):
    where = reverse(LIST)
    response = root.get(where, {"role__exact": "member", "o": "-5"})
    later = link(response, "next")
    assert "role__exact=member" in later
    assert "o=-5" in later
    response = root.get(where + later)
    assert not set(shown(response)) & set(shown(root.get(where, {"role__exact": "member", "o": "-5"})))
    assert "_after" not in "".join(
        str(choice["query_string"])
        for spec in response.context["cl"].filter_specs
        if hasattr(spec, "choices")
        for choice in spec.choices(response.context["cl"])
        if "query_string" in choice
    )


def test_a_key_that_is_gone_leads_to_the_first_page(root, members):
    for key in ("nonsense", "7c2ad0e6-3f56-4a3b-a0c4-0a3a4dbb0000"):
        assert shown(root.get(reverse(LIST), {"_after": key})) == members[:4]


@pytest.mark.parametrize("model", BIG, ids=lambda model: model.__name__)
def test_every_sortable_column_of_a_big_list_has_its_index(model, root):
    page = site._registry[model]
    cl = root.get(reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")).context["cl"]
    columns = [cl.get_ordering_field(name) for name in cl.sortable_by]
    assert all(is_indexed(model, column) for column in columns), columns
    assert is_indexed(model, cl.queryset.query.order_by[0].lstrip("-")), page
    assert cl.sortable_by, page


def test_the_tie_breaker_follows_the_index(db):
    assert index_order(UserTenantMembership, ["-created_at", "pk"]) == ["-created_at", "pk"]
    assert index_order(UserTenantMembership, ["created_at"]) == ["created_at", "-pk"]
    assert index_order(AuditEvent, ["at"]) == ["at", "pk"]
    assert index_order(Tenant, ["-slug"]) == ["-slug"]
    assert index_order(Invitation, ["accepted_at"]) == ["-pk"]  # may be empty


def test_mixed_directions_are_walked_too(db):
    with system_scope(reason="test"):
        for name in "abacab":
            make_tenant(f"t-{make_user().pk}", name=name)
        wanted = list(Tenant.objects.order_by("name", "-id").values_list("pk", flat=True))
        found, after = [], ""
        while True:
            page = keyset_page(Tenant.objects.all(), ["name", "-id"], size=2, after=after)
            found += [row.pk for row in page.rows]
            if not page.has_after:
                break
            after = str(found[-1])
        assert found == wanted
        page = keyset_page(Tenant.objects.all(), ["name", "-id"], size=2, before=str(wanted[3]))
        assert [row.pk for row in page.rows] == wanted[1:3]
        assert page.has_before


def test_a_search_looks_one_column_up_at_a_time(root, tenant_a):
    person = make_user("exact@example.test")
    member = make_membership(tenant_a, person)
    with CaptureQueriesContext(connection) as queries:
        response = root.get(reverse(LIST), {"q": "Exact@example.test"})
    assert shown(response) == [member.pk]
    assert not any(" OR " in query["sql"] for query in queries if "tenancy_usertenantmembership" in query["sql"])
