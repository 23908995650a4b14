"""Single items of a plan stay on a ground of their own: in plan, letter and report, and until their end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from console.workspace.models import Contact, Note
from pii.erase import run_erasure, start_erasure
from pii.exceptions import RequestRefused
from pii.models import PlanItem, State
from pii.requests import approve, erase_item, keep_item
from pii.retention import sweep
from tenancy import system_scope, tenant_scope
from tests.factories import make_user
from tests.pii.conftest import fresh, planned

pytestmark = pytest.mark.django_db
MAIL = "jane.canary@example.test"


@pytest.fixture
def contact(tenant_a):
    with tenant_scope(tenant_a):
        row = Contact.objects.create(first_name="Jane", last_name="Canarybird", email=MAIL)
        Note.objects.create(contact=row, body="Invoice 17 for jane.canary@example.test")
    return row


@pytest.fixture
def request_(officer, contact, tenant_a):
    return planned(officer, objects=[contact], tenant=tenant_a)


def lines(request):
    with system_scope(reason="test"):
        return {item.model: item for item in request.items.all()}


def test_an_item_stays_and_everybody_is_told(
    officer, approver, request_, tenant_a, time_machine, django_capture_on_commit_callbacks
):
    end = timezone.now().date() + timedelta(days=30)
    before = request_.plan_hash
    keep_item(request_, "workspace.Note", tenant_a, ground="duty", note="invoices", until=end, by=officer)
    request = fresh(request_)
    assert request.plan_hash != before
    note = lines(request)["workspace.Note"]
    assert (note.action, note.until) == (PlanItem.Action.KEEP, end)
    assert note.ground == "Duty to keep (Art. 17(3)(b)): invoices"
    assert lines(request)["workspace.Contact"].action == PlanItem.Action.ANONYMISE

    approve(request, by=approver, plan_hash=request.plan_hash)
    with django_capture_on_commit_callbacks(execute=True):
        start_erasure(request, by=approver, typed_number=request.number)
    done = run_erasure(request.pk)
    assert (done.state, done.is_partial) == (State.DONE, True), done.report
    (kept,) = [line for line in done.report["retained"] if line["name"] == "workspace.Note"]
    assert (kept["ground"], kept["until"], kept["rows"]) == (note.ground, end.isoformat(), 1)
    with system_scope(reason="test"):
        assert Note.objects.get().body == "Invoice 17 for jane.canary@example.test"
        assert Contact.objects.get().first_name == ""
    letter = mail.outbox[-1].body
    assert "Kept: notes. Ground: Duty to keep (Art. 17(3)(b)): invoices" in letter

    sweep()
    with system_scope(reason="test"):
        assert Note.objects.exists()
    time_machine.move_to(timezone.now() + timedelta(days=31))
    sweep()
    with system_scope(reason="test"):
        assert not Note.objects.exists()


def test_it_is_taken_back(officer, request_, tenant_a):
    keep_item(request_, "workspace.Note", tenant_a, ground="claims", by=officer)
    assert lines(request_)["workspace.Note"].action == PlanItem.Action.KEEP
    erase_item(request_, "workspace.Note", tenant_a, by=officer)
    assert lines(request_)["workspace.Note"].action == PlanItem.Action.DELETE
    with pytest.raises(RequestRefused, match="not kept"):
        erase_item(request_, "workspace.Note", tenant_a, by=officer)


def test_an_approval_falls_with_the_decision(officer, approver, request_, tenant_a):
    approve(request_, by=approver, plan_hash=request_.plan_hash)
    keep_item(request_, "workspace.Note", tenant_a, ground="hold", by=officer)
    assert fresh(request_).state == State.PLANNED


def test_a_ground_an_end_ahead_and_an_item_of_the_plan(officer, request_, tenant_a, tenant_b):
    with pytest.raises(RequestRefused, match="names its ground"):
        keep_item(request_, "workspace.Note", tenant_a, ground="", by=officer)
    with pytest.raises(RequestRefused, match="lies ahead"):
        keep_item(request_, "workspace.Note", tenant_a, ground="duty", until=timezone.now().date(), by=officer)
    for label, tenant in (("workspace.Tag", tenant_a), ("workspace.Note", tenant_b)):
        with pytest.raises(RequestRefused, match="no item"):
            keep_item(request_, label, tenant, ground="duty", by=officer)
    whole = planned(officer, objects=[make_user()])
    with pytest.raises(RequestRefused) as refused:
        keep_item(whole, "accounts.User", None, ground="duty", by=officer)
    assert refused.value.code == "account"
