"""A query that is compiled once answers as the queryset would, for each call's values, and in identity scope alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from tenancy import identity_scope, staff_scope, system_scope, tenant_scope
from tenancy.compiled import CompiledOnce, Given
from tenancy.exceptions import ScopeNotAllowed
from tenancy.models import Tenant, UserTenantMembership
from tests.factories import make_membership, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def memberships():
    people = Given("user", get_user_model()._meta.pk)
    slug = Given("slug", Tenant._meta.get_field("slug"))
    found = UserTenantMembership.objects.filter(user_id=people, tenant__slug=slug)
    return CompiledOnce(found.select_related("tenant", "user"))


def test_each_call_answers_for_its_own_values(memberships, tenant_a, tenant_b, django_assert_num_queries):
    person = make_user("ada@example.test")
    made = {tenant: make_membership(tenant, person) for tenant in (tenant_a, tenant_b)}
    with identity_scope():
        for tenant, membership in made.items():
            with django_assert_num_queries(1):
                found = memberships.first(user=person.pk, slug=tenant.slug)
                assert found == membership
                assert (found.tenant, found.user) == (tenant, person)
            loaded = UserTenantMembership.objects.select_related("tenant", "user").get(pk=membership.pk)
            for mine, theirs in ((found, loaded), (found.tenant, loaded.tenant), (found.user, loaded.user)):
                assert [getattr(mine, f.attname) for f in mine._meta.concrete_fields] == [
                    getattr(theirs, f.attname) for f in theirs._meta.concrete_fields
                ]
        assert memberships.first(user=make_user().pk, slug=tenant_a.slug) is None
        assert memberships.first(user=str(person.pk), slug="' OR true --") is None


def test_the_sql_is_written_once(memberships, tenant_a, monkeypatch):
    person = make_membership(tenant_a).user
    with identity_scope():
        memberships.first(user=person.pk, slug=tenant_a.slug)
        monkeypatch.setattr("django.db.models.sql.compiler.SQLCompiler.pre_sql_setup", None)
        assert memberships.first(user=person.pk, slug=tenant_a.slug).user == person


def test_no_other_scope_may_ask(memberships, tenant_a):
    person = make_membership(tenant_a).user
    scopes = [tenant_scope(tenant_a), staff_scope(actor=person, reason="test"), system_scope(reason="test")]
    for scope in scopes:
        with scope, CaptureQueriesContext(connection) as queries, pytest.raises(ScopeNotAllowed):
            memberships.first(user=person.pk, slug=tenant_a.slug)
        assert not queries.captured_queries
    with pytest.raises(ScopeNotAllowed):
        memberships.first(user=person.pk, slug=tenant_a.slug)


def test_threads_ask_over_connections_of_their_own(transactional_db, memberships, tenant_a):
    people = [make_membership(tenant_a).user for _ in range(4)]

    def ask(person):
        try:
            with identity_scope():
                return [memberships.first(user=person.pk, slug=tenant_a.slug).user_id for _ in range(20)]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(ask, people)) == [[person.pk] * 20 for person in people]
