"""Tenant page, person page, dashboard and trail: what they show, to whom, and at what cost."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from console.models import JobRun
from console.operations import dashboard, diagnosis, figures, panels, role_chart, timeline, timeline_sources, trail
from console.operations.four_eyes import verbs as four_eyes
from console.operations.models import Approval, AuditEvent, StaffNote
from pii.models import DataRequest
from tenancy import audit, lifecycle, memberships, system_scope
from tenancy.models import Invitation, UserTenantMembership
from tenancy.settings import store
from tests.factories import make_membership, make_tenant, make_user


@pytest.fixture(autouse=True)
def fresh():
    cache.clear()


def tenant_url(tenant):
    return reverse("admin:tenant_page", args=[tenant.pk])


def person_url(person):
    return reverse("admin:person_page", args=[person.pk])


def test_a_job_that_waits_is_no_share_done(root, tenant_a):
    with system_scope(reason="test"):
        JobRun.objects.create(name="one", key="k1", state="waiting", tenant=tenant_a, total=10)
        JobRun.objects.create(name="two", key="k2", state="running", tenant=tenant_a, total=10, done=4)
        JobRun.objects.create(name="three", key="k3", state="running", tenant=tenant_a)
    shown = root.get(tenant_url(tenant_a)).context["panels"]
    jobs = next(panel["content"] for panel in shown if panel["name"] == "jobs")
    assert {row.label: row.value for row in jobs.rows} == {"one": "Waiting", "two": "Running, 40 %", "three": "Running"}


def test_the_tenant_page_shows_what_there_is_and_no_empty_panel(root, tenant_a):
    with system_scope(reason="test"):
        JobRun.objects.create(name="members.run", key="k", tenant=tenant_a, state="running", done=1, total=4)
        lifecycle.suspend_tenant(tenant_a, by=root.user, reason="Invoices are overdue")
    shown = root.get(tenant_url(tenant_a)).content.decode()
    for words in ("Invoices are overdue", "Running, 25 %", "Members by role", "Tenant suspended", root.user.email):
        assert words in shown, words
    assert "Open invitations" not in shown
    assert "Last sign-ins" not in shown


def test_a_panel_needs_its_permission_and_the_page_its_own(staff_client, tenant_a):
    assert staff_client().get(tenant_url(tenant_a)).status_code == 403
    shown = staff_client("tenancy.view_tenant").get(tenant_url(tenant_a)).content.decode()
    assert "Members by role" not in shown
    assert "Keep the note" not in shown
    assert (
        staff_client("tenancy.view_tenant").get(reverse("admin:tenant_page", args=[make_user().pk])).status_code == 404
    )


def test_a_feature_adds_its_panel_and_its_timeline_source(root, tenant_a, monkeypatch):
    monkeypatch.setitem(panels._panels["tenant"], "extra", None)
    monkeypatch.setitem(timeline._sources["tenant"], "extra", None)

    @panels.panel("tenant", "extra", "Extra panel", "tenancy.view_tenant")
    def extra(request, tenant):
        return panels.Content([panels.Row("Label", tenant.slug)])

    @timeline.source("tenant", "extra", "tenancy.view_tenant")
    def more(request, tenant, before, limit):
        return [timeline.Entry(timezone.now() + timedelta(days=1), "extra", "something new", "", "")]

    shown = root.get(tenant_url(tenant_a)).content.decode()
    assert shown.index("Extra panel") < shown.index("Something new")
    assert "Something new" in root.get(tenant_url(tenant_a), {"kind": "extra"}).content.decode()
    assert "Something new" not in root.get(tenant_url(tenant_a), {"kind": "act"}).content.decode()


def test_notes_are_kept_pinned_ones_warn(root, staff_client, tenant_a):
    root.post(tenant_url(tenant_a), {"text": "Call before changing anything", "is_pinned": "on"})
    with system_scope(reason="test"):
        note = StaffNote.objects.get()
        assert AuditEvent.objects.get(verb="note.written").target_id == str(note.pk)
    assert 'role="alert"' in root.get(tenant_url(tenant_a)).content.decode()
    assert staff_client("tenancy.view_tenant").post(tenant_url(tenant_a), {"text": "x"}).status_code == 403


def test_the_timeline_goes_back_page_by_page(root, tenant_a):
    with system_scope(reason="test"):
        for number in range(timeline.PER_PAGE + 5):
            with audit.changing(by=None, at=timezone.now() - timedelta(hours=number)):
                audit.record(f"test.n{number}", by=None, tenant=tenant_a)
    first = root.get(tenant_url(tenant_a), {"kind": "act"})
    assert b"Test n24<" in first.content
    assert b"Test n25<" not in first.content
    second = root.get(tenant_url(tenant_a), {"kind": "act", "before": first.context["older"]})
    assert b"Test n29<" in second.content
    assert b"Test n24<" not in second.content


def found(person):
    with system_scope(reason="test"):
        return {finding.what: finding for finding in diagnosis.diagnose(person)}


def test_why_somebody_cannot_get_in(root, tenant_a):
    person = make_user("lost@example.test")
    assert {name: one.is_fine for name, one in found(person).items()} == {
        "Account": True,
        "Address": False,
        "Second factor": True,
        "Tenants": False,
    }
    with system_scope(reason="test"):
        member = make_membership(tenant_a, person, is_active=False)
        invited = Invitation.objects.create(
            tenant=make_tenant("other"), email=person.email, token_hash="x", expires_at=timezone.now()
        )
        person.is_active = False
        person.set_unusable_password()
        person.save()
    now = found(person)
    assert now["Account"].repairs == ("reactivate",)
    assert now["Password"].repairs == ("send_link",)
    assert "inactive" in now["Tenant northwind"].words
    assert "Expired" in now["Invitation to other"].words
    shown = root.get(person_url(person)).content.decode()
    assert "The account is deactivated." in shown
    for model, key, name in (
        ("accounts_user", person.pk, "reactivate"),
        ("accounts_user", person.pk, "change_email"),
        ("tenancy_usertenantmembership", member.pk, "reactivate"),
        ("tenancy_invitation", invited.pk, "resend"),
    ):
        assert f'hx-get="{reverse(f"admin:{model}_{name}", args=[key])}"' in shown, name


def test_what_a_tenant_asks_for_keeps_people_out(root, tenant_a):
    person = make_membership(tenant_a, make_user("out@elsewhere.test")).user
    with system_scope(reason="test"):
        store.change(tenant_a, {"members.allowed_domains": ["northwind.test"]}, by=None, reason="x")
    assert "allowed e-mail domains" in found(person)["Tenant northwind"].words
    where = reverse("admin:tenancy_tenant_settings_group", kwargs={"object_id": tenant_a.pk, "group": "members"})
    assert where in root.get(person_url(person)).content.decode()
    with system_scope(reason="test"):
        store.change(tenant_a, {"members.allowed_domains": []}, by=None, reason="x")
        store.change(tenant_a, {"sign_in.second_factor_required": True}, by=None, reason="x")
    assert "asks for a second factor" in found(person)["Tenant northwind"].words
    with system_scope(reason="test"):
        lifecycle.suspend_tenant(tenant_a, by=None, reason="unpaid")
    assert found(person)["Tenant northwind"].repairs == ("restore",)


def test_wrong_passwords_are_seen_and_unlocked_on_the_persons_page(root, client, tenant_a, settings):
    person = make_membership(tenant_a, make_user("tired@example.test")).user
    for _ in range(5):
        client.post("/accounts/login/", {"login": person.email, "password": "wrong"})
    now = found(person)
    assert now["Lock-out"].repairs == ("unlock",)
    assert now["Passwords typed"].words.startswith("5 wrong in 24 hours")
    shown = root.get(person_url(person)).content.decode()
    assert "Wrong password" in shown
    where = reverse("admin:accounts_user_unlock", args=[person.pk])
    assert where in shown
    root.post(where, {"_form_submitted": "True", "reason": "called back"})
    assert "Lock-out" not in found(person)
    assert where not in root.get(person_url(person)).content.decode()


def test_a_repair_is_offered_to_those_who_may(staff_client, tenant_a):
    person = make_membership(tenant_a, is_active=False).user
    shown = staff_client("accounts.view_user").get(person_url(person)).content.decode()
    assert "never verified" in shown
    assert "hx-get" not in shown.partition("Why can")[2].partition("</section>")[0]


def test_mails_and_sign_ins_of_a_person_and_of_a_tenant(root, client, tenant_a, tenant_b):
    people = [make_membership(tenant, make_user(f"x@{tenant.slug}.test")).user for tenant in (tenant_a, tenant_b)]
    with system_scope(reason="test"):
        for person in people:
            audit.record("account.signed_in", by=person, target=person)
            audit.record("mail.sent", by=None, target=person, details={"mail": "password_reset"})
        Invitation.objects.create(
            tenant=tenant_b, email=people[0].email, token_hash="x", expires_at=timezone.now(), sent_count=2
        )
    shown = root.get(person_url(people[0])).content.decode()
    for words in ("Signed in", "Password reset", "Invitation to contoso, 2 times"):
        assert words in shown, words
    entries = root.get(tenant_url(tenant_a), {"kind": "sign-in"}).context["timeline"]
    assert [(entry.what, entry.actor_id) for entry in entries] == [("account.signed_in", people[0].pk)]
    assert entries[0].who == "x•••@•••.test"  # a member's address is covered; a session opens it


def test_a_large_tenants_sign_ins_are_the_same(root, tenant_a, tenant_b, monkeypatch):
    monkeypatch.setattr(timeline_sources, "FEW", 0)
    people = [make_membership(tenant).user for tenant in (tenant_a, tenant_b)]
    with system_scope(reason="test"):
        for person in people:
            audit.record("account.signed_in", by=person, target=person)
    entries = root.get(tenant_url(tenant_a), {"kind": "sign-in"}).context["timeline"]
    assert [entry.actor_id for entry in entries] == [people[0].pk]


def test_a_timeline_names_colleagues_and_covers_members(root, tenant_a):
    with system_scope(reason="test"):
        owner = UserTenantMembership.objects.select_related("user").get(tenant=tenant_a).user
        audit.record("test.by_owner", by=owner, tenant=tenant_a)
        audit.record("test.by_staff", by=root.user, tenant=tenant_a)
        audit.record("test.by_system", by=None, tenant=tenant_a)

    def who():
        entries = root.get(tenant_url(tenant_a), {"kind": "act"}).context["timeline"]
        return {entry.what: entry.who for entry in entries if entry.what.startswith("test.")}

    covered = {"test.by_owner": "p•••@•••.test", "test.by_staff": root.user.email, "test.by_system": "command line"}
    assert who() == covered
    form = {"_form_submitted": "True", "reason": "x", "ticket": "T-1"}
    root.post(reverse("admin:tenancy_tenant_open_session", args=[tenant_a.pk]), form)
    assert who() == {**covered, "test.by_owner": owner.email}
    everything = [entry.what for entry in root.get(tenant_url(tenant_a)).context["timeline"]]
    assert "staff_session.opened" in everything
    assert "staff_session.page_opened" not in everything
    pages = root.get(tenant_url(tenant_a), {"kind": "page"}).context["timeline"]
    assert {entry.what for entry in pages} == {"staff_session.page_opened"}


def test_support_does_not_touch_staff(staff_client):
    colleague = make_user(is_staff=True)
    client = staff_client("accounts.view_user", "accounts.change_user")
    for name in ("deactivate", "sign_out", "reset_second_factor"):
        where = reverse(f"admin:accounts_user_{name}", args=[colleague.pk])
        assert client.post(where, {"_form_submitted": "True", "reason": "x"}).status_code == 403, name


def test_the_pages_cost_the_same_for_many_members(root, tenant_a):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            root.get(tenant_url(tenant_a))
        return len(queries)

    cost()
    before = cost()
    for _ in range(10):
        make_membership(tenant_a)
    assert cost() == before <= 30


def test_every_number_of_the_dashboard_is_its_query(root, staff_client, tenant_a, tenant_b, owner_sql):
    gone = make_tenant("gone")
    with system_scope(reason="test"):
        lifecycle.suspend_tenant(tenant_b, by=None, reason="x")
        lifecycle.archive_tenant(gone, by=None, reason="x")
        JobRun.objects.create(name="x", key="k", state="failed")
        JobRun.objects.create(name="x", key="k2", state="waiting")
        for verb in ("members.imported", "tenant.access_refused", "account.sign_in_failed", "account.signed_up"):
            audit.record(verb, by=None)
            with audit.changing(by=None, at=timezone.now() - timedelta(days=8)):
                audit.record(verb, by=None)
        four_eyes.ask("x.y", by=root.user, reason="r", details={})
        Invitation.objects.create(tenant=tenant_a, email="n@x.test", token_hash="x", expires_at=timezone.now())
        counted = {name: entry.count(timezone.now()) for name, entry in dashboard._numbers.items()}
    assert counted == {
        "active": 1,
        "suspended": 1,
        "archived": 1,
        "joined": 2,
        "invited": 1,
        "signups": 1,
        "imports": 1,
        "waiting": 1,
        "approvals": 1,
        "failing": 1,
        "due": 0,
        "failures": 1,
        "denied": 1,
        "holes": 0,
    }
    shown = root.get(reverse("admin:index"))
    assert [figure["value"] for figure in shown.context["figures"]] == list(counted.values())
    for entry in (*shown.context["figures"], *shown.context["charts"]):
        assert root.get(entry["url"]).status_code == 200, entry["url"]
    assert [str(entry["title"]) for entry in shown.context["charts"]] == [
        "New members by week",
        "Tenants by state",
        "Wrong passwords by day",
    ]
    assert b"shows no numbers" in staff_client().get(reverse("admin:index")).content


def test_a_hole_in_the_isolation_alarms_on_the_overview(root, owner_sql):
    owner_sql(
        "ALTER TABLE testapp_label NO FORCE ROW LEVEL SECURITY",
        undo="ALTER TABLE testapp_label FORCE ROW LEVEL SECURITY",
    )
    figures = {str(figure["title"]): figure for figure in root.get(reverse("admin:index")).context["figures"]}
    assert (figures["Holes in the isolation"]["value"], figures["Holes in the isolation"]["tone"]) == (1, "bad")


def test_numbers_are_kept_and_their_age_is_said(root, tenant_a):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        root.get(reverse("admin:index"))
        make_tenant("newer")
        clock.shift(42)
        shown = root.get(reverse("admin:index"))
        assert shown.context["figures"][0]["value"] == 1
        assert "The oldest number is 42 s old" in shown.content.decode()


@pytest.fixture
def busy_weeks(root, tenant_a, tenant_b, owner_sql):
    """Of everything that is counted: some inside the span and open, as many outside of it or over."""
    long_ago = timezone.now() - timedelta(days=9)
    with system_scope(reason="test"):
        lifecycle.suspend_tenant(tenant_b, by=None, reason="x")
        lifecycle.archive_tenant(make_tenant("gone"), by=None, reason="x")
        old = make_membership(tenant_a)
        UserTenantMembership.objects.filter(pk=old.pk).update(created_at=long_ago)
        for number, state in enumerate(("failed", "failed", "waiting", "succeeded")):
            JobRun.objects.create(name="x", key=str(number), state=state)
        for number, verb in enumerate(
            ("members.imported", "tenant.access_refused", "account.sign_in_failed", "account.signed_up"), start=1
        ):
            for _time in range(number):
                audit.record(verb, by=None)
            with audit.changing(by=None, at=long_ago):
                audit.record(verb, by=None)
        for _time in range(2):
            four_eyes.ask("x.y", by=root.user, reason="r", details={})
        Approval.objects.filter(pk=Approval.objects.first().pk).update(expires_at=long_ago)
        new = [
            Invitation(tenant=tenant_a, email=f"{n}@x.test", token_hash=f"{n}", expires_at=timezone.now())
            for n in range(3)
        ]
        Invitation.objects.bulk_create(new)
        Invitation.objects.filter(email="0@x.test").update(created_at=long_ago)
        today = timezone.now().date()
        for number, (days, state) in enumerate(((1, "received"), (7, "received"), (8, "received"), (1, "refused"))):
            DataRequest.objects.create(
                number=f"R-{number}",
                kind="access",
                state=state,
                received_at=timezone.now(),
                due_on=today + timedelta(days=days),
            )
    owner_sql(
        "ALTER TABLE testapp_label NO FORCE ROW LEVEL SECURITY",
        undo="ALTER TABLE testapp_label FORCE ROW LEVEL SECURITY",
    )


def listed_at(client, url):
    """How many rows the page behind a figure shows."""
    context = client.get(url).context
    if "cl" in context:
        return len(context["cl"].result_list)
    return len(context["holes"] if "holes" in context else context["rows"])


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kathmandu"])
def test_every_number_leads_to_a_list_of_exactly_as_many(root, busy_weeks, zone):
    with system_scope(reason="test"):
        type(root.user).objects.filter(pk=root.user.pk).update(time_zone=zone)
    figures_of = {str(figure["title"]): figure for figure in root.get(reverse("admin:index")).context["figures"]}
    with system_scope(reason="test"):  # later than the counted moment: neither in the number nor in its list
        audit.record("account.signed_up", by=None)
        make_membership(UserTenantMembership.objects.first().tenant)
    assert {title: listed_at(root, figure["url"]) for title, figure in figures_of.items()} == {
        title: figure["value"] for title, figure in figures_of.items()
    }
    assert all(figure["value"] for figure in figures_of.values()), "every number counts something here"


def test_every_chart_leads_to_what_its_bars_add_up_to(root, busy_weeks):
    for entry in root.get(reverse("admin:index")).context["charts"]:
        total = sum(number for _label, number in entry["content"].bars)
        assert listed_at(root, entry["url"]) == total, entry["title"]


def test_members_by_role_are_walked_back_along_their_history(root, db, monkeypatch):
    tenant, person, now = make_tenant(), make_user(), timezone.now()
    with system_scope(reason="test"):
        with audit.changing(by=None, at=now - timedelta(weeks=5)):
            member = memberships.assign_user_to_tenant(person, tenant, "viewer", by=None)
        with audit.changing(by=None, at=now - timedelta(weeks=3)):
            memberships.change_role(member, "admin", by=None)
        with audit.changing(by=None, at=now - timedelta(weeks=1)):
            memberships.deactivate_membership(member, by=None)

        def counts():
            return [{role: n for role, n in found.items() if n} for _monday, found in role_chart.role_counts(tenant)]

        assert counts() == [{}] * 6 + [{"viewer": 1}] * 2 + [{"admin": 1}] * 2 + [{}] * 2
        monkeypatch.setattr(role_chart, "MOST", 2)  # the oldest change is not walked: its weeks are left out
        assert counts() == [{"viewer": 1}] + [{"admin": 1}] * 2 + [{}] * 2
    shown = root.get(tenant_url(tenant)).content.decode()
    assert "Members by role" in shown
    assert "Viewer 1" in shown


def test_the_trail_shows_acts_and_one_kind_of_history(root, staff_client, tenant_a, tenant_b):
    with system_scope(reason="test"):
        lifecycle.suspend_tenant(tenant_a, by=root.user, reason="merger")
    where = reverse("admin:audit_browser")
    shown = root.get(where, {"tenant": tenant_a.pk}).content.decode()
    assert "tenant.suspended" in shown
    assert "tenant.suspended" not in root.get(where, {"tenant": tenant_b.pk}).content.decode()
    assert "wants an id" in root.get(where, {"tenant": "x"}).content.decode()
    assert root.get(where, {"kind": "no.model"}).status_code == 404
    assert staff_client("operations.view_auditevent").get(where, {"kind": "tenancy.tenant"}).status_code == 403
    rows = root.get(where, {"kind": "tenancy.tenant", "object": tenant_a.pk}).context["rows"]
    assert next((row["what"], row["who"], row["why"]) for row in rows) == ("Changed", root.user.email, "merger")
    change = root.get(rows[0]["url"]).content.decode()
    assert "suspended" in change
    assert "console-diff-old" in change


def test_a_diff_covers_declared_personal_data(root):
    person = make_user("before@example.test", full_name="Old Name")
    with system_scope(reason="test"):
        person.full_name = "New Name"
        person.save()
        row = person.history.first()
    shown = root.get(reverse("admin:audit_change", args=["accounts.user", row.history_id])).content.decode()
    assert "New Name" not in shown
    assert "before@example.test" not in shown
    assert "(changed)" in shown


def test_json_is_compared_path_by_path():
    flat = dict(trail.flat_json("settings", {"a": {"b": [1, {"c": "ä"}]}, "empty": {}}))
    assert flat == {"settings.a.b.0": "1", "settings.a.b.1.c": '"ä"', "settings.empty": "{}"}
    assert json.loads(flat["settings.a.b.1.c"]) == "ä"


def test_every_tracked_kind_opens(root, tenant_a):
    for label in trail.tracked_models():
        answer = root.get(reverse("admin:audit_browser"), {"kind": label})
        assert answer.status_code == 200, label


def test_a_refused_request_for_another_tenant_is_counted(client, tenant_a, tenant_b):
    member = make_membership(tenant_a)
    client.force_login(member.user)
    assert client.get(f"/t/{tenant_b.slug}/").status_code == 404
    with system_scope(reason="test"):
        event = AuditEvent.objects.get(verb="tenant.access_refused")
        assert (event.actor_id, event.tenant_key, figures.denied(timezone.now())) == (member.user_id, None, 1)
