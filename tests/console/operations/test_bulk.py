"""Changes of many rows: counted and frozen first, then carried out row by row, each with its outcome."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from console.models import JobRun
from console.operations.bulk import runs
from console.operations.models import Approval, AuditEvent, BulkRow, BulkRun
from tenancy import memberships, system_scope
from tenancy.jobs import get_job
from tenancy.models import UserTenantMembership
from tests.factories import make_membership

LIST = reverse("admin:tenancy_usertenantmembership_changelist")


@pytest.fixture
def members(tenant_a, settings, monkeypatch):
    settings.FOUR_EYES_ABOVE = 1_000
    monkeypatch.setattr(runs, "AT_ONCE", 2)
    monkeypatch.setattr(runs, "CHUNK", 2)
    return [make_membership(tenant_a) for _ in range(5)]


def ask(client, member, where=LIST, **more):
    form = {"action": "deactivate_selected", "_selected_action": [member.pk], "select_across": "1", "index": "0"}
    return client.post(where, {**form, **more}, follow=True)


def confirm(client, member, total, where=LIST):
    return ask(client, member, where, confirmed="yes", reason="merger", expected=total)


def outcomes():
    with system_scope(reason="test"):
        return sorted(BulkRow.objects.values_list("state", flat=True))


def test_all_that_match_are_counted_shown_and_changed_by_a_job(
    root, members, tenant_b, django_capture_on_commit_callbacks
):
    where = f"{LIST}?role__exact=member"
    asked = ask(root, members[0], where)
    assert b"5 rows are selected" in asked.content
    assert asked.content.count(b"<li>membership") == 5
    with django_capture_on_commit_callbacks(execute=True):
        assert b"A job works on 5 rows" in confirm(root, members[0], 5, where).content
    assert outcomes() == ["done"] * 5
    with system_scope(reason="test"):
        run = BulkRun.objects.get()
        assert (run.state, run.total, run.done, run.refused) == ("finished", 5, 5, 0)
        assert not UserTenantMembership.objects.filter(role="member", is_active=True).exists()
        assert UserTenantMembership.objects.filter(role="owner", is_active=True).count() == 2
        acts = AuditEvent.objects.exclude(verb="membership.deactivated").order_by("id")
        assert list(acts.values_list("verb", flat=True)) == ["bulk.ordered", "bulk.finished"]
        assert JobRun.objects.get(name=runs.JOB).done == 5
    shown = root.get(reverse("admin:operations_bulkrun_change", args=[run.pk])).content.decode()
    rows = re.search(r'href="([^"]*bulkrow[^"]*run__id__exact[^"]*)"', shown)[1]
    assert root.get(rows).content.count(b"Done") >= 5


def test_each_row_has_its_outcome(root, members, tenant_a):
    with system_scope(reason="test"):
        owner = UserTenantMembership.objects.get(tenant=tenant_a, role="owner")
        run = runs.freeze(
            page(), "deactivate_selected", UserTenantMembership.objects.all(), by=root.user, reason="merger"
        )
        gone = str(members[0].pk)
        members[0].delete()
        get_job(runs.JOB).run(str(run.pk))
        found = {row.object_id: (row.state, row.note) for row in run.rows.all()}
    assert found[gone] == ("gone", "")
    assert found[str(owner.pk)][0] == "refused"
    assert "owner" in found[str(owner.pk)][1]
    assert [found[str(member.pk)][0] for member in members[1:]] == ["done"] * 4


def page():
    from django.contrib.admin.sites import site

    return site._registry[UserTenantMembership]


def test_what_matches_later_is_not_touched_and_a_changed_count_asks_again(root, members, tenant_a):
    ask(root, members[0])
    later = make_membership(tenant_a)
    again = confirm(root, members[0], 6)
    assert b"another number of rows matches" in again.content
    with system_scope(reason="test"):
        assert not BulkRun.objects.exists()
        later.refresh_from_db()
    assert later.is_active


def test_a_run_goes_on_where_it_was_killed_and_stops_when_asked(root, members, monkeypatch):
    with system_scope(reason="test"):
        chosen = UserTenantMembership.objects.filter(role="member")
        run = runs.freeze(page(), "deactivate_selected", chosen, by=root.user, reason="merger")
    real, calls = memberships.deactivate_membership, []

    def dies(*args, **kwargs):
        calls.append(args)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return real(*args, **kwargs)

    monkeypatch.setattr(memberships, "deactivate_membership", dies)
    with pytest.raises(KeyboardInterrupt):
        get_job(runs.JOB).run(str(run.pk))
    assert outcomes() == ["done", "done", "done", "waiting", "waiting"]
    with system_scope(reason="test"):
        runs.cancel(run, by=root.user, reason="enough")
    get_job(runs.JOB).run(str(run.pk))
    assert outcomes() == ["done", "done", "done", "skipped", "skipped"]
    with system_scope(reason="test"):
        run.refresh_from_db()
    assert run.state == "cancelled"
    where = reverse("admin:operations_bulkrun_cancel", args=[run.pk])
    assert b"over already" in root.post(where, {"_form_submitted": "True", "reason": "x"}).content


def test_whoever_lost_the_permission_changes_nothing_more(staff_client, members):
    client = staff_client("tenancy.view_usertenantmembership", "tenancy.change_usertenantmembership")
    with system_scope(reason="test"):
        chosen = UserTenantMembership.objects.filter(role="member")
        run = runs.freeze(page(), "deactivate_selected", chosen, by=client.user, reason="merger")
        client.user.user_permissions.clear()
    get_job(runs.JOB).run(str(run.pk))
    assert outcomes() == ["skipped"] * 5


def test_whoever_is_no_longer_staff_changes_nothing_more(staff_client, members):
    client = staff_client("tenancy.view_usertenantmembership", "tenancy.change_usertenantmembership")
    with system_scope(reason="test"):
        chosen = UserTenantMembership.objects.filter(role="member")
        run = runs.freeze(page(), "deactivate_selected", chosen, by=client.user, reason="merger")
        client.user.is_staff = False
        client.user.save()
    get_job(runs.JOB).run(str(run.pk))
    assert outcomes() == ["skipped"] * 5


def test_a_question_for_four_eyes_starts_the_frozen_rows_once(root, staff_client, members, settings):
    settings.FOUR_EYES_ABOVE = 2
    assert b"need a second member of staff" in ask(root, members[0], f"{LIST}?role__exact=member").content
    assert b"somebody else must approve" in confirm(root, members[0], 5, f"{LIST}?role__exact=member").content
    with system_scope(reason="test"):
        approval, run = Approval.objects.get(), BulkRun.objects.get()
    assert (run.state, approval.details["rows"]) == ("asked", 5)
    cancelled = reverse("admin:operations_bulkrun_cancel", args=[run.pk])
    assert staff_client("operations.view_bulkrun").post(cancelled, {"reason": "x"}).status_code == 403
    root.post(cancelled, {"_form_submitted": "True", "reason": "not yet"})
    other = staff_client("operations.view_approval", "operations.decide_approval")
    where = reverse("admin:operations_approval_approve", args=[approval.pk])
    assert b"cancelled meanwhile" in other.post(where, {"_form_submitted": "True", "reason": "fine"}).content
    assert outcomes() == ["skipped"] * 5


@pytest.mark.parametrize("superuser", [False, True])
@pytest.mark.parametrize("key", ["2", "not-a-key", "00000000-0000-4000-8000-000000000000"])
def test_an_address_that_names_no_run_is_no_error_of_ours(staff_client, superuser, key):
    client = staff_client("operations.view_bulkrun", superuser=superuser)
    address = f"/admin/operations/bulkrun/{key}/cancel/"
    for answer in (client.get(address), client.post(address, {"reason": "why"})):
        assert answer.status_code in (200, 302, 403, 404)  # 200: the dialog's own words, which name no run
