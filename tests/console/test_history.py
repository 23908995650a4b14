"""History rows: who, when, why; none without a change; scoped like what they are about."""

from __future__ import annotations

import datetime

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from simple_history.models import HistoricalRecords

from console.operations.models import AuditEvent
from console.request_id import RequestIdMiddleware
from tenancy import TenantScopeRequired, audit, lifecycle, system_scope, tenant_scope
from tenancy import memberships as verbs
from tenancy.models import Tenant, UserTenantMembership
from tests.factories import make_membership, make_user

History = UserTenantMembership.history.model


def test_a_verb_writes_one_row_with_actor_reason_and_one_act(tenant_a):
    actor = make_user("support@example.test")
    with system_scope(reason="test"):
        lifecycle.suspend_tenant(tenant_a, by=actor, reason="unpaid")
        lifecycle.suspend_tenant(tenant_a, by=actor, reason="unpaid")
        row = tenant_a.history.first()
        assert (row.history_type, row.history_user_id, row.history_actor) == ("~", actor.pk, "support@example.test")
        assert (row.history_change_reason, row.state) == ("unpaid", "suspended")
        assert tenant_a.history.count() == 2
        assert AuditEvent.objects.filter(verb="tenant.suspended").count() == 1


def test_a_save_without_a_change_writes_no_row(tenant_a):
    member = make_membership(tenant_a)
    with system_scope(reason="test"):
        member.save()
        loaded = UserTenantMembership.objects.get(pk=member.pk)
        loaded.save()
        assert member.history.count() == 1
        loaded.title = "CTO"
        loaded.save()
        assert member.history.count() == 2
        person = member.user
        person.last_login = datetime.datetime.now(tz=datetime.UTC)
        person.set_password("another-long-password")
        person.save()
        assert person.history.count() == 1
        assert not hasattr(person.history.first(), "password")


def test_a_reason_does_not_stick_and_an_explicit_moment_is_kept(tenant_a):
    past = datetime.datetime(2026, 10, 1, 9, tzinfo=datetime.UTC)
    with system_scope(reason="test"):
        with audit.changing(by=None, at=past):
            member = verbs.assign_user_to_tenant(make_user(), tenant_a, "member", by=None, reason="import")
        first = member.history.first()
        assert (first.history_date, first.history_change_reason, member.created_at) == (past, "import", past)
        assert AuditEvent.objects.get(verb="membership.created").at == past
        member.title = "x"
        member.save()
        latest = member.history.first()
        assert latest.history_change_reason is None
        assert latest.history_date > past


def test_the_request_and_its_person_stand_in_the_row(tenant_a):
    request = RequestFactory().get("/", headers={"X-Request-ID": "request-one"})
    request.user, made = make_user(), []

    def answer(request):
        made.append(make_membership(tenant_a))
        return HttpResponse()

    HistoricalRecords.context.request = request
    try:
        RequestIdMiddleware(answer)(request)
    finally:
        del HistoricalRecords.context.request
    with system_scope(reason="test"):
        row = made[0].history.first()
    assert (row.history_user_id, row.history_request_id) == (request.user.pk, "request-one")


def test_history_is_scoped_like_its_row(tenant_a, tenant_b):
    ours, theirs = make_membership(tenant_a), make_membership(tenant_b)
    with tenant_scope(tenant_a):
        assert set(History.objects.values_list("tenant_id", flat=True)) == {tenant_a.pk}
        assert set(UserTenantMembership.history.values_list("tenant_id", flat=True)) == {tenant_a.pk}
        assert ours.history.count() == 1
        assert theirs.history.count() == 0
    with pytest.raises(TenantScopeRequired):
        History.objects.exists()
    with pytest.raises(TenantScopeRequired):
        UserTenantMembership.history.exists()


def test_an_actor_who_is_gone_stays_readable(tenant_a):
    actor = make_user("gone@example.test")
    key = actor.pk
    with system_scope(reason="test"):
        lifecycle.rename_tenant(tenant_a, name="New", by=actor, reason="r")
        actor.delete()
        row = Tenant.history.filter(id=tenant_a.pk).first()
        assert (row.history_user_id, row.history_actor) == (key, "gone@example.test")
