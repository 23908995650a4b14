"""A bulk change of many rows: one asks, another approves in time, neither does both."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from console.operations.four_eyes import verbs
from console.operations.models import Approval, AuditEvent, BulkRow, BulkRun
from tenancy import jobs, system_scope
from tenancy.models import UserTenantMembership
from tests.factories import make_membership


@pytest.fixture
def asked(root, tenant_a, settings):
    settings.FOUR_EYES_ABOVE = 1
    members = [make_membership(tenant_a) for _ in range(2)]
    form = {"action": "deactivate_selected", "_selected_action": [member.pk for member in members]}
    where = reverse("admin:tenancy_usertenantmembership_changelist")
    shown = root.post(where, {**form, "confirmed": "yes", "reason": "merger"}, follow=True)
    assert b"somebody else must approve" in shown.content
    with system_scope(reason="test"):
        return Approval.objects.get(), members


def decide(client, approval, answer="approve"):
    where = reverse(f"admin:operations_approval_{answer}", args=[approval.pk])
    return client.post(where, {"_form_submitted": "True", "reason": "checked"})


def asleep(members):
    with system_scope(reason="test"):
        return UserTenantMembership.objects.filter(pk__in=[m.pk for m in members], is_active=False).count()


def test_another_person_approves_and_the_change_is_made(asked, root, staff_client):
    approval, members = asked
    assert asleep(members) == 0
    assert b"Whoever asks does not decide" in decide(root, approval).content
    assert decide(staff_client("operations.view_approval"), approval).status_code == 403
    other = staff_client("operations.view_approval", "operations.decide_approval")
    assert "HX-Redirect" in decide(other, approval)
    assert asleep(members) == 2
    assert b"decided already" in decide(other, approval).content
    with system_scope(reason="test"):
        verbs = list(AuditEvent.objects.order_by("id").values_list("verb", flat=True))
    assert verbs == ["approval.asked", "approval.given", "membership.deactivated", "membership.deactivated"]


def test_a_refused_or_expired_question_changes_nothing(asked, staff_client):
    approval, members = asked
    other = staff_client("operations.view_approval", "operations.decide_approval")
    with system_scope(reason="test"):
        Approval.objects.update(expires_at=timezone.now())
    assert b"has expired" in decide(other, approval).content
    with system_scope(reason="test"):
        Approval.objects.update(expires_at=timezone.now() + timedelta(hours=1))
    assert "HX-Redirect" in decide(other, approval, "refuse")
    assert asleep(members) == 0


def test_the_database_refuses_one_pair_of_eyes(asked, root):
    with system_scope(reason="test"), pytest.raises(IntegrityError, match="four_eyes"), transaction.atomic():
        Approval.objects.update(decided_by=root.user)


def test_only_the_asker_takes_a_question_back_and_nobody_approves_it_then(asked, root, staff_client):
    approval, members = asked
    other = staff_client("operations.view_approval", "operations.decide_approval")
    assert decide(other, approval, "withdraw").status_code == 403
    assert "HX-Redirect" in decide(root, approval, "withdraw")
    assert b"decided already" in decide(other, approval).content
    assert asleep(members) == 0
    with system_scope(reason="test"):
        approval.refresh_from_db()
        last = AuditEvent.objects.latest("id")
        assert BulkRun.objects.get().state == "cancelled"
        assert set(BulkRow.objects.values_list("state", flat=True)) == {"skipped"}
    assert (approval.state, approval.decided_by_id) == ("withdrawn", None)
    assert (last.verb, last.actor_id, last.reason) == ("approval.withdrawn", root.user.pk, "checked")
    page = root.get(reverse("admin:operations_approval_change", args=[approval.pk])).content.decode()
    assert "Taken back" in page
    assert reverse("admin:operations_approval_withdraw", args=[approval.pk]) not in page


def test_whoever_asked_is_the_one_person_who_never_decides(asked, root):
    """Not by approving, not by refusing; taking back is no answer."""
    approval, members = asked
    for answer in ("approve", "refuse"):
        assert b"Whoever asks does not decide" in decide(root, approval, answer).content
    assert asleep(members) == 0
    with system_scope(reason="test"):
        approval.refresh_from_db()
    assert approval.state == "asked"


def test_a_question_that_nobody_answered_expires_with_its_change(asked, root, staff_client):
    approval, members = asked
    late = timezone.now() - timedelta(hours=25)
    with system_scope(reason="test"):
        assert verbs.expire_late() == 0
        Approval.objects.update(asked_at=late, expires_at=timezone.now())
        BulkRun.objects.update(asked_at=late)
        run = BulkRun.objects.get()
    page = reverse("admin:operations_bulkrun_change", args=[run.pk])
    before = root.get(page).content.decode()  # the clock's job has not run yet
    assert "Expired" in before
    assert "Waits for approval" not in before
    assert reverse("admin:operations_bulkrun_cancel", args=[run.pk]) not in before
    jobs.run(jobs.Order("operations.expire_approvals", "0"))
    jobs.run(jobs.Order("operations.expire_approvals", "1"))
    with system_scope(reason="test"):
        run.refresh_from_db()
        assert (run.state, run.is_over, Approval.objects.get().state) == ("expired", True, "expired")
        assert set(BulkRow.objects.values_list("state", "note")) == {("skipped", "Expired")}
        assert AuditEvent.objects.filter(verb="approval.expired", target_id=str(approval.pk)).count() == 1
    assert (
        b"decided already"
        in decide(staff_client("operations.view_approval", "operations.decide_approval"), approval).content
    )
    assert asleep(members) == 0
    listed = root.get(reverse("admin:operations_bulkrun_changelist"), {"state__exact": "asked"})
    assert str(run.pk) not in listed.content.decode()
