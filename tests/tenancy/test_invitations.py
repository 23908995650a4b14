"""Invitations: who may send them, and what a link opens, for whom and how often."""

from __future__ import annotations

import re
import threading
from datetime import timedelta

import pytest
from django.db import close_old_connections, connection
from django.utils import timezone

from tenancy import Role, TenantRefused, identity_scope, invitations, system_scope, tenant_scope
from tenancy.models import Invitation, UserTenantMembership
from tests.factories import make_membership, make_tenant, make_user


@pytest.fixture
def admin(tenant_a):
    return make_membership(tenant_a, role=Role.ADMIN).user


@pytest.fixture
def mailed(mailoutbox, django_capture_on_commit_callbacks):
    """Do something in a tenant's scope, and return the token of the mail it sent, if any."""

    def act(tenant, function, *args, **kwargs):
        before = len(mailoutbox)
        with django_capture_on_commit_callbacks(execute=True), tenant_scope(tenant):
            function(*args, **kwargs)
        return token_of(mailoutbox[-1]) if len(mailoutbox) > before else None

    return act


def token_of(mail):
    return re.search(r"http://localhost:8000/invitations/([^/\s]+)/", mail.body)[1]


def refusal(function, *args, **kwargs):
    with pytest.raises(TenantRefused) as refused:
        function(*args, **kwargs)
    return refused.value.code


def only_invitation():
    with system_scope(reason="test"):
        return Invitation.objects.select_related("tenant").get()


def members(tenant):
    with system_scope(reason="test"):
        return {m.user.email: m for m in UserTenantMembership.objects.filter(tenant=tenant).select_related("user")}


def test_the_mail_carries_a_link_whose_token_stands_nowhere_else(tenant_a, admin, mailed, mailoutbox):
    token = mailed(tenant_a, invitations.invite, " New@Example.test ", tenant_a, "member", by=admin)
    invitation = only_invitation()
    assert mailoutbox[0].to == [invitation.email] == ["new@example.test"]
    assert "Northwind" in mailoutbox[0].subject
    assert invitation.token_hash == invitations.digest(token)
    with connection.cursor() as cursor, system_scope(reason="test"):
        cursor.execute("SELECT count(*) FROM tenancy_invitation i WHERE i::text LIKE %s", [f"%{token}%"])
        assert cursor.fetchone() == (0,)


def test_accepting_makes_the_membership_once(tenant_a, admin, mailed):
    token = mailed(tenant_a, invitations.invite, "new@example.test", tenant_a, "viewer", by=admin)
    new = make_user("new@example.test")
    membership = invitations.accept(token, new)
    assert (membership.tenant_id, membership.role, membership.is_active) == (tenant_a.pk, "viewer", True)
    assert refusal(invitations.accept, token, new) == "accepted"
    assert len(members(tenant_a)) == 3


def test_only_the_invited_address_may_accept(tenant_a, admin, mailed):
    token = mailed(tenant_a, invitations.invite, "new@example.test", tenant_a, "member", by=admin)
    assert refusal(invitations.accept, token, make_user("other@example.test")) == "other_address"
    assert "other@example.test" not in members(tenant_a)
    invitations.accept(token, make_user("new@example.test"))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"expires_at": timezone.now() - timedelta(seconds=1)}, "expired"),
        ({"revoked_at": timezone.now()}, "revoked"),
        ({"accepted_at": timezone.now()}, "accepted"),
    ],
)
def test_a_settled_invitation_opens_nothing(tenant_a, admin, mailed, change, code):
    token = mailed(tenant_a, invitations.invite, "new@example.test", tenant_a, "member", by=admin)
    with tenant_scope(tenant_a):
        Invitation.objects.update(**change)
    assert refusal(invitations.access_invitation_by_token, token) == code
    assert refusal(invitations.accept, token, make_user("new@example.test")) == code
    assert refusal(invitations.access_invitation_by_token, "no-such-token") == "unknown"


def test_a_suspended_tenant_takes_nobody(tenant_a, admin, mailed):
    token = mailed(tenant_a, invitations.invite, "new@example.test", tenant_a, "member", by=admin)
    with system_scope(reason="test"):
        tenant_a.state = "suspended"
        tenant_a.suspended_reason = "unpaid"
        tenant_a.save()
    assert refusal(invitations.accept, token, make_user("new@example.test")) == "tenant_inactive"
    with tenant_scope(tenant_a):
        assert refusal(invitations.invite, "x@example.test", tenant_a, "member", by=admin) == "tenant_inactive"


def test_a_demoted_or_removed_inviter_takes_the_invitation_along(tenant_a, admin, mailed):
    token = mailed(tenant_a, invitations.invite, "new@example.test", tenant_a, "member", by=admin)
    own = members(tenant_a)[admin.email]
    for change in ({"role": "viewer"}, {"role": "admin", "is_active": False}):
        with tenant_scope(tenant_a):
            UserTenantMembership.objects.filter(pk=own.pk).update(**change)
        assert refusal(invitations.access_invitation_by_token, token) == "withdrawn"
    with tenant_scope(tenant_a):
        UserTenantMembership.objects.filter(pk=own.pk).update(is_active=True)
    assert invitations.access_invitation_by_token(token).email == "new@example.test"


def test_staff_and_the_command_line_invite_without_being_members(
    tenant_a, mailoutbox, django_capture_on_commit_callbacks
):
    staff = make_user(is_staff=True)
    for by, email in ((staff, "one@example.test"), (None, "two@example.test")):
        with django_capture_on_commit_callbacks(execute=True), system_scope(reason="test"):
            invitations.invite(email, tenant_a, "owner", by=by)
        assert invitations.access_invitation_by_token(token_of(mailoutbox[-1])).email == email


@pytest.mark.parametrize(
    ("held", "offered", "allowed"),
    [
        ("owner", "owner", True),
        ("admin", "admin", True),
        ("admin", "owner", False),
        ("member", "viewer", False),
        ("viewer", "viewer", False),
        (None, "viewer", False),
    ],
)
def test_nobody_gives_more_than_they_hold(tenant_a, tenant_b, held, offered, allowed):
    inviter = make_membership(tenant_a, role=held).user if held else make_membership(tenant_b, role="owner").user
    with tenant_scope(tenant_a):
        if allowed:
            invitation = invitations.invite("new@example.test", tenant_a, offered, by=inviter)
            assert invitation.role == offered
        else:
            assert refusal(invitations.invite, "new@example.test", tenant_a, offered, by=inviter) == "not_allowed"


def test_inviting_says_nothing_of_accounts_elsewhere(tenant_a, tenant_b, admin, mailed, mailoutbox):
    elsewhere = make_membership(tenant_b, make_user("known@example.test")).user
    mailed(tenant_a, invitations.invite, elsewhere.email, tenant_a, "member", by=admin)
    mailed(tenant_a, invitations.invite, "unknown@example.test", tenant_a, "member", by=admin)
    known, unknown = (re.sub(r"/invitations/[^/]+/", "", mail.body) for mail in mailoutbox)
    assert known == unknown
    assert [mail.subject for mail in mailoutbox] == ["Invitation to Northwind"] * 2


def test_one_open_invitation_per_address(tenant_a, tenant_b, admin, mailed):
    with tenant_scope(tenant_a):
        invitations.invite("new@example.test", tenant_a, "member", by=admin)
        assert refusal(invitations.invite, "NEW@example.test", tenant_a, "viewer", by=admin) == "already_invited"
        assert refusal(invitations.invite, admin.email, tenant_a, "viewer", by=admin) == "already_member"
        assert refusal(invitations.invite, "no address", tenant_a, "viewer", by=admin) == "invalid_email"
        Invitation.objects.update(expires_at=timezone.now())
        assert invitations.invite("new@example.test", tenant_a, "viewer", by=admin).is_open


def test_sending_again_replaces_the_link_and_has_a_limit(tenant_a, admin, mailed):
    first = mailed(tenant_a, invitations.invite, "new@example.test", tenant_a, "member", by=admin)
    second = mailed(tenant_a, invitations.resend, only_invitation(), by=admin)
    assert refusal(invitations.access_invitation_by_token, first) == "unknown"
    assert invitations.access_invitation_by_token(second)
    for _again in range(3):
        mailed(tenant_a, invitations.resend, only_invitation(), by=admin)
    with tenant_scope(tenant_a):
        assert refusal(invitations.resend, only_invitation(), by=admin) == "too_many_mails"
        invitations.revoke(only_invitation(), by=admin)
        assert refusal(invitations.invite, "new@example.test", tenant_a, "member", by=admin) == "too_many_mails"


def test_revoking_is_final(tenant_a, admin, mailed):
    token = mailed(tenant_a, invitations.invite, "new@example.test", tenant_a, "member", by=admin)
    with tenant_scope(tenant_a):
        invitations.revoke(only_invitation(), by=admin)
        invitations.revoke(only_invitation(), by=admin)
        assert refusal(invitations.resend, only_invitation(), by=admin) == "revoked"
    assert refusal(invitations.accept, token, make_user("new@example.test")) == "revoked"


def test_another_tenants_invitation_is_out_of_reach(tenant_a, tenant_b, admin):
    with tenant_scope(tenant_a):
        theirs = invitations.invite("new@example.test", tenant_a, "member", by=admin)
    stranger = make_membership(tenant_b, role="owner").user
    with tenant_scope(tenant_b):
        assert not Invitation.objects.exists()
        for verb in (invitations.resend, invitations.revoke):
            assert refusal(verb, theirs, by=stranger) == "not_allowed"


def test_a_deactivated_member_comes_back_in_the_offered_role(tenant_a, admin, mailed):
    back = make_membership(tenant_a, make_user("back@example.test"), role="admin", is_active=False).user
    token = mailed(tenant_a, invitations.invite, back.email, tenant_a, "viewer", by=admin)
    membership = invitations.accept(token, back)
    assert (membership.role, membership.is_active) == ("viewer", True)
    assert len(members(tenant_a)) == 3


def test_a_failing_account_leaves_the_invitation_open(tenant_a, admin, mailed):
    token = mailed(tenant_a, invitations.invite, "new@example.test", tenant_a, "member", by=admin)

    def fail():
        raise LookupError

    with pytest.raises(LookupError):
        invitations.accept(token, fail)
    assert invitations.access_invitation_by_token(token).is_open


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("known", [False, True])
def test_two_accepts_at_once_make_one_account_and_one_membership(mailoutbox, known):
    from console.accounts.joining import join_as_new

    tenant = make_tenant("northwind")
    inviter = make_membership(tenant, role="owner").user
    with tenant_scope(tenant):
        invitations.invite("new@example.test", tenant, "member", by=inviter)
    token = token_of(mailoutbox[-1])
    user = make_user("new@example.test") if known else None
    barrier, outcomes = threading.Barrier(2), []

    def accept():
        try:
            barrier.wait()
            with identity_scope():
                if known:
                    invitations.accept(token, user)
                else:
                    join_as_new(token, full_name="New", password="correct-horse-battery-staple")
            outcomes.append("joined")
        except TenantRefused as refused:
            outcomes.append(refused.code)
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=accept) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["accepted", "joined"]
    assert sorted(members(tenant)) == sorted([inviter.email, "new@example.test"])
