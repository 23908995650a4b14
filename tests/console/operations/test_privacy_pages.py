"""The pages beside a request: decisions, rectification, restrictions, holds, tasks, progress, the worklist."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from console.workspace.models import Contact, Note
from pii.models import DataRequest, LegalHold, Reappearance, Restriction, State
from pii.plan import make_plan
from pii.reminders import remind
from pii.requests import attest, receive, withdraw
from tenancy import system_scope, tenant_scope
from tests.console.operations.test_privacy import own_files
from tests.factories import make_membership, make_user
from tests.pii.conftest import fresh

__all__ = ["own_files"]
pytestmark = pytest.mark.django_db(transaction=True)
ENTER = ("pii.enter_datarequest", "pii.view_datarequest")
MAIL = "jane.canary@example.test"


@pytest.fixture
def contact(tenant_a):
    with tenant_scope(tenant_a):
        row = Contact.objects.create(first_name="Jane", last_name="Canarybird", email=MAIL)
        Note.objects.create(contact=row, body="invoice 17")
    return row


@pytest.fixture
def asked(contact):
    """Enter a request about the contact, with its identity checked."""

    def enter(kind, **more):
        request = receive(kind, by=make_user(is_staff=True), objects=[contact], contact_email=MAIL, **more)
        attest(request, by=None, method="passport seen")
        return request

    return enter


def page(name, *args):
    return reverse(f"admin:{name}", args=args)


def dialog(client, name, obj, **data):
    return client.post(page(name, obj.pk), {"_form_submitted": "True", "reason": "ticket 7", **data})


def test_organisations_and_items_are_decided_on_one_page(staff_client, asked):
    client = staff_client(*ENTER)
    request = make_plan(asked("erasure"), by=None)
    where = page("pii_decisions", request.pk)
    assert where in client.get(page("pii_datarequest_change", request.pk)).content.decode()
    client.post(where, {"act": "tenant", "tenant": "northwind", "answer": "refuse", "note": ""})
    with system_scope(reason="test"):
        assert request.decisions.get().answer == "pending"  # a refusal names its ground
    client.post(where, {"act": "tenant", "tenant": "northwind", "answer": "carry_out"})
    with system_scope(reason="test"):
        assert request.decisions.get().answer == "carry_out"
        item = request.items.get(model="workspace.Note")
    client.post(where, {"act": "keep", "item": item.pk, "ground": "duty", "note": "invoices", "until": "2999-12-31"})
    text = client.get(page("pii_datarequest_change", request.pk)).content.decode()
    assert "Duty to keep (Art. 17(3)(b)): invoices (Dec. 31, 2999)" in text
    with system_scope(reason="test"):
        item = request.items.get(model="workspace.Note")
        assert item.action == "keep"
    assert "Erase it after all" in client.get(where).content.decode()
    client.post(where, {"act": "erase", "item": item.pk})
    with system_scope(reason="test"):
        assert request.items.get(model="workspace.Note").action == "delete"
    assert client.post(where, {"act": "keep", "item": "0"}).status_code == 404
    assert staff_client("pii.view_datarequest").get(where).status_code == 403


def test_a_column_is_rectified_without_being_shown(staff_client, asked, contact, tenant_a):
    client = staff_client(*ENTER)
    request = asked("rectification")
    where = page("pii_rectify", request.pk)
    assert where in client.get(page("pii_datarequest_change", request.pk)).content.decode()
    shown = client.get(where).content.decode()
    assert "Canarybird" not in shown
    target = f"workspace.Contact/{contact.pk}/last_name"
    assert target in shown
    assert client.post(where, {"target": target, "value": "Canary"}).status_code == 302
    with tenant_scope(tenant_a):
        contact.refresh_from_db()
        assert contact.last_name == "Canary"
        assert contact.history.latest().history_change_reason == f"rectification {request.number}"
    wrong = {"target": f"workspace.Contact/{contact.pk}/birth_date", "value": "31.02.1980"}
    assert "must be in YYYY-MM-DD format" in client.post(where, wrong).content.decode()
    mail.outbox.clear()
    dialog(client, "pii_datarequest_finish", request)
    assert fresh(request).state == State.DONE
    assert mail.outbox[-1].to == [MAIL]
    assert client.get(where).status_code == 404


def test_restricting_and_lifting(staff_client, asked, contact):
    client = staff_client(*ENTER, "pii.view_restriction")
    request = asked("restriction")
    dialog(client, "pii_datarequest_restrict", request)
    with system_scope(reason="test"):
        made = Restriction.objects.get()
    assert made.ground == "ticket 7"
    where = page("pii_restriction_change", made.pk)
    assert where in client.get(page("pii_datarequest_change", request.pk)).content.decode()
    assert request.number in client.get(page("pii_restriction_changelist")).content.decode()
    assert MAIL not in client.get(where).content.decode()
    assert dialog(staff_client("pii.view_restriction"), "pii_restriction_lift", made).status_code == 403
    dialog(client, "pii_restriction_lift", made)
    with system_scope(reason="test"):
        assert Restriction.objects.get().lifted_at
    assert "ends" in mail.outbox[-1].subject


def test_a_hold_is_placed_and_released(staff_client, tenant_a):
    client = staff_client("pii.view_legalhold", "pii.add_legalhold", "pii.change_legalhold")
    form = {"model": "", "key": "", "tenant": "northwind", "ground": "lawsuit 7 O 12/26", "until": ""}
    for wrong in ({"tenant": "no-such"}, {"tenant": ""}, {"key": "7"}, {"model": "accounts.user"}):
        assert client.post(page("pii_legalhold_add"), {**form, **wrong}).status_code == 200
    assert client.post(page("pii_legalhold_add"), form).status_code == 302
    with system_scope(reason="test"):
        hold = LegalHold.objects.get()
    assert hold.created_by_id == client.user.pk
    dialog(client, "pii_legalhold_release", hold)
    with system_scope(reason="test"):
        assert LegalHold.objects.get().released_at


def test_whoever_came_back_is_a_task_until_it_is_closed(staff_client, asked, contact):
    from pii.erase import run_erasure, start_erasure
    from pii.requests import approve, decide_tenant
    from pii.tombstones import note_return

    request = make_plan(asked("erasure"), by=None)
    decide_tenant(request, contact.tenant_id, answer="carry_out", by=None)
    approver = make_user(is_staff=True)
    approve(request, by=approver, plan_hash=fresh(request).plan_hash)
    start_erasure(fresh(request), by=approver, typed_number=request.number)
    assert run_erasure(request.pk).state == State.DONE
    assert note_return([MAIL], how="import") == 1
    with system_scope(reason="test"):
        task = Reappearance.objects.get()
    client = staff_client(*ENTER, "pii.view_reappearance")
    assert client.get(page("pii_reappearance_changelist"), {"closed_at__isempty": "1"}).status_code == 200
    dialog(client, "pii_reappearance_close_task", task)
    with system_scope(reason="test"):
        assert Reappearance.objects.get().closed_at


def test_the_worklist_is_by_deadline(staff_client, asked):
    late = asked("access", received_at=timezone.now() - timedelta(days=40))
    soon = asked("access", received_at=timezone.now() - timedelta(days=10))
    over = asked("access", received_at=timezone.now() - timedelta(days=50))
    withdraw(over, by=None)
    client = staff_client(*ENTER)
    text = client.get(page("pii_datarequest_changelist")).content.decode()
    assert text.index(late.number) < text.index(soon.number)
    assert over.number not in text
    for query in ({"work": "over"}, {"work": "all"}, {"state__exact": "withdrawn"}, {"q": over.number}):
        assert over.number in client.get(page("pii_datarequest_changelist"), query).content.decode(), query


def test_officers_are_reminded_and_organisations_of_their_own(asked, tenant_a, tenant_b, staff_client):
    officer = staff_client(*ENTER).user
    staff_client("pii.view_datarequest")
    old = timezone.now() - timedelta(days=30)
    asked("access", received_at=old)
    own = asked("access", received_at=old, tenant=tenant_a)
    mail.outbox.clear()
    assert remind() == 2
    with system_scope(reason="test"):
        owner = tenant_a.memberships.get(role="owner").user
    told = {letter.to[0]: letter.body for letter in mail.outbox}
    assert officer.email in told
    assert len(told[officer.email].splitlines()) == 2
    assert len(told[owner.email].splitlines()) == 1
    assert own.number in told[owner.email]
    assert MAIL not in str(told)
    assert remind() == 0  # once a day


def test_extension_and_refusal_are_told(staff_client, asked):
    client = staff_client(*ENTER)
    request = asked("access")
    dialog(client, "pii_datarequest_extend", request)
    assert "more time" in mail.outbox[-1].subject
    assert fresh(request).extended_at
    dialog(client, "pii_datarequest_refuse", request)
    assert "ticket 7" in mail.outbox[-1].body
    assert fresh(request).state == State.REFUSED


def test_everybody_is_told_that_a_request_arrived(asked):
    request = asked("access")
    assert mail.outbox[0].to == [MAIL]
    assert request.number in mail.outbox[0].subject


def test_the_page_follows_a_running_job(staff_client, asked):
    client = staff_client(*ENTER)
    request = asked("erasure")
    progress = page("pii_progress", request.pk)
    with system_scope(reason="test"):
        DataRequest.objects.filter(pk=request.pk).update(state=State.RUNNING)
    assert f'hx-get="{progress}"' in client.get(page("pii_datarequest_change", request.pk)).content.decode()
    assert "HX-Refresh" not in client.get(progress)
    with system_scope(reason="test"):
        DataRequest.objects.filter(pk=request.pk).update(state=State.DONE)
    assert client.get(progress)["HX-Refresh"] == "true"


def test_contacts_are_masked_and_need_an_open_staff_session(staff_client, contact, tenant_a, member_of_staff_session):
    client = staff_client(*ENTER, "workspace.view_contact", "operations.open_session")
    where = page("workspace_contact_change", contact.pk)
    assert client.get(where).status_code in (302, 404)  # without a session there is nothing
    member_of_staff_session(client, tenant_a)
    text = client.get(where).content.decode()
    assert "Export personal data" in text
    assert MAIL not in text


@pytest.fixture
def member_of_staff_session():
    """Open a staff session of a client for a tenant."""
    from console.operations.sessions import open_session

    def opened(client, tenant):
        from tenancy import staff_scope

        with staff_scope(actor=client.user.pk, reason="test"):
            return open_session(tenant, by=client.user, reason="ticket 7", ticket="T-7")

    return opened


def test_a_member_is_found_by_the_panel(staff_client, tenant_a):
    member = make_membership(tenant_a)
    client = staff_client(*ENTER, "accounts.view_user")
    text = client.get(page("person_page", member.user_id)).content.decode()
    assert f"by=user&amp;value={member.user_id}" in text


def test_the_record_of_one_organisation_has_its_spans_and_what_goes_next(staff_client, contact, tenant_a):
    from tenancy.settings.store import change

    with tenant_scope(tenant_a):
        change(tenant_a, {"retention.workspace_note": 60}, by=None)
        Note.objects.update(updated_at=timezone.now() - timedelta(days=70))
    client = staff_client(*ENTER)
    platform = client.get(page("pii_record")).content.decode()
    assert "as long as its owner; 60 days in 1 organisation" in platform
    assert "Goes next" not in platform
    own = client.get(page("pii_record"), {"organisation": "northwind"}).content.decode()
    assert '60 days from: changed</td><td class="px-3 py-2 text-right">1</td>' in own
    assert "Sessions" not in own
    assert "There is no organisation" in client.get(page("pii_record"), {"organisation": "nowhere"}).content.decode()
