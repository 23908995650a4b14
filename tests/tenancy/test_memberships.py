"""Verbs of memberships: what they refuse, that twice changes nothing, and the last owner under concurrency."""

from __future__ import annotations

import threading

import pytest
from django.db import IntegrityError, connection, connections, transaction

from tenancy import Role, TenantRefused, system_scope, tenant_scope
from tenancy import memberships as verbs
from tenancy.db.owner import owner_connection
from tenancy.models import TenantState, UserTenantMembership
from tests.factories import make_membership, make_tenant, make_user


@pytest.fixture
def system(db):
    with system_scope(reason="test"):
        yield


def owner_of(tenant):
    return UserTenantMembership.objects.get(tenant=tenant, role=Role.OWNER)


def test_assigning_makes_a_member_once(system, tenant_a):
    user = make_user()
    first = verbs.assign_user_to_tenant(user, tenant_a, "member", by=None, display_name="Jo")
    before = first.history.count(), first.updated_at
    again = verbs.assign_user_to_tenant(user, tenant_a, "member", by=None)
    assert (again.pk, again.display_name, again.role) == (first.pk, "Jo", Role.MEMBER)
    assert (again.history.count(), again.updated_at) == before


def test_assigning_changes_role_and_wakes_a_sleeping_member(system, tenant_a):
    member = make_membership(tenant_a, is_active=False)
    verbs.assign_user_to_tenant(member.user, tenant_a, "admin", by=None, title="CFO")
    member.refresh_from_db()
    assert (member.role, member.is_active, member.title) == (Role.ADMIN, True, "CFO")


def test_an_external_id_is_taken_once_per_tenant(system, tenant_a, tenant_b):
    make_membership(tenant_a, external_id="7")
    verbs.assign_user_to_tenant(make_user(), tenant_b, "member", by=None, external_id="7")
    with pytest.raises(TenantRefused, match="external id") as refusal:
        verbs.assign_user_to_tenant(make_user(), tenant_a, "member", by=None, external_id="7")
    assert refusal.value.code == "external_id_taken"


def test_a_tenant_may_not_set_the_persons_own_fields(system, tenant_a):
    with pytest.raises(TypeError, match="email"):
        verbs.assign_user_to_tenant(make_user(), tenant_a, "member", by=None, email="x@example.test")


@pytest.mark.parametrize("take_away", ["demote", "deactivate", "assign"])
def test_the_last_owner_stays(system, tenant_a, take_away):
    owner = owner_of(tenant_a)
    act = {
        "demote": lambda: verbs.change_role(owner, "admin", by=None),
        "deactivate": lambda: verbs.deactivate_membership(owner, by=None),
        "assign": lambda: verbs.assign_user_to_tenant(owner.user, tenant_a, "viewer", by=None),
    }[take_away]
    make_membership(tenant_a, role="owner", is_active=False)  # a sleeping owner does not count
    with pytest.raises(TenantRefused) as refusal:
        act()
    assert refusal.value.code == "last_owner"
    make_membership(tenant_a, role="owner")
    act()


def test_an_inactive_tenant_may_lose_its_owner(system, tenant_a):
    tenant_a.state = TenantState.ARCHIVED
    tenant_a.save()
    verbs.deactivate_membership(owner_of(tenant_a), by=None)


def test_ownership_moves_in_one_breath(system, tenant_a):
    owner, member = owner_of(tenant_a), make_membership(tenant_a)
    verbs.transfer_ownership(member, by=owner.user, reason="sold", step_down=owner)
    owner.refresh_from_db()
    member.refresh_from_db()
    assert (owner.role, member.role) == (Role.ADMIN, Role.OWNER)


@pytest.mark.parametrize(
    ("actor_role", "role", "allowed"),
    [
        ("owner", "owner", True),
        ("admin", "admin", True),
        ("admin", "owner", False),
        ("member", "viewer", False),
        ("viewer", "viewer", False),
    ],
)
def test_in_a_tenant_nobody_grants_more_than_they_hold(tenant_a, actor_role, role, allowed):
    actor, member = make_membership(tenant_a, role=actor_role), make_membership(tenant_a, role="member")
    with tenant_scope(tenant_a):
        if allowed:
            assert verbs.change_role(member, role, by=actor.user).role == role
        else:
            with pytest.raises(TenantRefused) as refusal:
                verbs.change_role(member, role, by=actor.user)
            assert refusal.value.code == "escalation"


def test_an_administrator_cannot_touch_an_owner(tenant_a):
    admin, owner = make_membership(tenant_a, role="admin"), make_membership(tenant_a, role="owner")
    with tenant_scope(tenant_a), pytest.raises(TenantRefused):
        verbs.deactivate_membership(owner, by=admin.user)


def test_a_stranger_of_another_tenant_may_nothing(tenant_a, tenant_b):
    stranger, member = make_membership(tenant_b, role="owner"), make_membership(tenant_a)
    with tenant_scope(tenant_a), pytest.raises(TenantRefused):
        verbs.change_role(member, "viewer", by=stranger.user)


def at_once(*acts):
    """Run the acts in threads with connections of their own, all past a barrier; returns the errors (or None)."""
    barrier, outcomes = threading.Barrier(len(acts)), [None] * len(acts)

    def run(index, act):
        try:
            with system_scope(reason="test"), transaction.atomic():
                act(barrier)
        except (TenantRefused, IntegrityError) as error:
            outcomes[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return outcomes


def two_owners():
    tenant = make_tenant()
    return tenant, make_membership(tenant, role="owner"), make_membership(tenant, role="owner")


def active_owners(tenant):
    with system_scope(reason="test"):
        return UserTenantMembership.objects.filter(tenant=tenant, role="owner", is_active=True).count()


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_demote_each_other_at_once_leave_one():
    tenant, one, two = two_owners()

    def demote(membership, by):
        def act(barrier):
            barrier.wait(10)
            verbs.change_role(membership, "member", by=by.user)

        return act

    outcomes = at_once(demote(two, by=one), demote(one, by=two))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["NoneType", "TenantRefused"]
    assert active_owners(tenant) == 1


@pytest.mark.django_db(transaction=True)
def test_the_database_holds_the_rule_against_writers_that_skip_the_verbs():
    tenant, one, two = two_owners()

    def demote(membership):
        def act(barrier):
            UserTenantMembership.objects.filter(pk=membership.pk).update(is_active=False)
            barrier.wait(10)  # both have written, neither has committed

        return act

    outcomes = at_once(demote(one), demote(two))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["IntegrityError", "NoneType"]
    assert active_owners(tenant) == 1
    with system_scope(reason="test"), pytest.raises(IntegrityError, match="without an active owner"):
        UserTenantMembership.objects.filter(tenant=tenant).delete()


LOOK_UPS = {
    "tenancy_membership_once": "tenant_id = %(t)s AND user_id = %(u)s",
    "tenancy_membership_roles": "tenant_id = %(t)s AND role = 'owner' AND is_active",
    "tenancy_membership_newest": "tenant_id = %(t)s ORDER BY created_at DESC, id LIMIT 25",
    "tenancy_membership_all_newest": "true ORDER BY created_at DESC, id LIMIT 25",
    "tenancy_membership_external_id": "tenant_id = %(t)s AND external_id = '77' AND external_id <> ''",
    "tenancy_usertenantmembership_user_id": "user_id = %(u)s",
}


@pytest.mark.django_db(transaction=True)
def test_look_ups_use_their_index():
    tenants = make_tenant(), make_tenant()
    owner = make_membership(tenants[0], role="owner")
    with system_scope(reason="test"), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_user (id, email, password, full_name, locale, time_zone, is_active, is_staff,"
            " is_superuser, date_joined) SELECT gen_random_uuid(), 'many' || n || '@example.test', '', '', 'en', 'UTC',"
            " true, false, false, now() FROM generate_series(1, 20000) n"
        )
        cursor.execute(
            "INSERT INTO tenancy_usertenantmembership (id, tenant_id, user_id, role, is_active, display_name,"
            " external_id, title, created_at, updated_at) SELECT gen_random_uuid(), t.id, u.id,"
            " CASE t.id WHEN %s THEN 'owner' ELSE 'member' END, true, '',"
            " substr(u.email, 5, position('@' in u.email) - 5), '', now() - random() * interval '1 year', now()"
            " FROM accounts_user u, tenancy_tenant t WHERE u.email LIKE 'many%%'",
            [tenants[1].pk],  # owners abound elsewhere, so that only the index that leads with the tenant is of use
        )
    with owner_connection(), connection.cursor() as cursor:
        cursor.execute("ANALYZE tenancy_usertenantmembership")
    with system_scope(reason="test"), connection.cursor() as cursor:
        values = {"t": tenants[0].pk, "u": owner.user_id}
        for index, condition in LOOK_UPS.items():
            cursor.execute(f"EXPLAIN SELECT * FROM tenancy_usertenantmembership WHERE {condition}", values)
            plan = "\n".join(row[0] for row in cursor.fetchall())
            assert index in plan, plan
