"""A request's life: the clock, identity, guards, four eyes, holds and drift."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.core import mail
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from pii.erase import run_erasure, start_erasure
from pii.exceptions import RequestRefused
from pii.models import DataRequest, LegalHold, RequestEvent, State, Tombstone
from pii.plan import make_plan
from pii.requests import (
    access_request_by_number,
    approve,
    attest,
    confirm_code,
    doubt_identity,
    extend,
    receive,
    rectify,
    refuse,
    send_code,
    withdraw,
)
from pii.requests.clock import due_on
from pii.requests.transitions import TRANSITIONS
from pii.retention import record_of_processing, sweep
from tenancy import system_scope
from tenancy.models import UserTenantMembership
from tests.factories import make_membership, make_user
from tests.pii.conftest import fresh, planned

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("received", "extended", "paused", "due"),
    [
        ("2025-01-31", False, 0, "2025-02-28"),
        ("2024-01-31", False, 0, "2024-02-29"),
        ("2025-03-15", False, 0, "2025-04-15"),
        ("2025-02-01", False, 0, "2025-03-03"),  # 1 March 2025 is a Saturday
        ("2025-12-31", False, 0, "2026-02-02"),  # 31 January 2026 is a Saturday
        ("2025-01-31", True, 0, "2025-04-30"),
        ("2025-03-15", False, 3, "2025-04-18"),
    ],
)
def test_the_clock_counts_months(received, extended, paused, due):
    at = datetime.fromisoformat(received + "T12:00:00+00:00")
    assert due_on(at, extended=extended, paused_days=paused) == date.fromisoformat(due)


def test_every_open_state_has_a_way_on():
    starts = {state for _verb, state in TRANSITIONS}
    assert starts == set(State) - {State.DONE, State.REFUSED, State.WITHDRAWN}


@pytest.fixture
def jane(tenant_a):
    user = make_user("jane.canary@example.test", full_name="Jane Canary")
    make_membership(tenant_a, user, display_name="Jane Canary")
    return user


def test_numbers_count_and_strangers_are_entered(officer, tenant_a, tenant_b):
    first = receive("access", by=officer, emails=["x@example.test"], tenant=tenant_a)
    second = receive("erasure", by=officer, phones=["0170 1234567"])
    assert int(second.number[-5:]) == int(first.number[-5:]) + 1
    assert access_request_by_number(first.number, tenant=tenant_a) == first
    with pytest.raises(DataRequest.DoesNotExist):
        access_request_by_number(first.number, tenant=tenant_b)
    with pytest.raises(RequestRefused, match="Name the person"):
        receive("access", by=officer, emails=["no address"])


def test_another_tenants_member_cannot_be_named(officer, tenant_a, tenant_b):
    foreign = make_membership(tenant_b)
    with pytest.raises(RequestRefused, match="not there"):
        receive("erasure", by=officer, objects=[foreign], tenant=tenant_a)


def test_the_code_goes_to_an_address_on_file_alone(officer, jane, django_capture_on_commit_callbacks):
    request = receive("access", by=officer, objects=[jane], contact_email="thief@example.test")
    with django_capture_on_commit_callbacks(execute=True):
        send_code(request, by=officer)
    (letter,) = mail.outbox
    assert letter.to == ["jane.canary@example.test"]
    code = next(word for word in letter.body.split() if word.isdigit() and len(word) == 8)
    assert confirm_code(request, "00000000") is (code == "00000000")
    assert confirm_code(request, code)
    assert code not in fresh(request).code_hash
    assert fresh(request).identity_at


def test_five_tries_and_a_day(officer, jane, time_machine):
    request = receive("access", by=officer, objects=[jane])
    send_code(request, by=officer)
    for _ in range(5):
        assert not confirm_code(request, "nonsense")
    with pytest.raises(RequestRefused, match="used up"):
        confirm_code(request, "nonsense")
    send_code(request, by=officer)
    time_machine.move_to(timezone.now() + timedelta(hours=25))
    with pytest.raises(RequestRefused, match="expired"):
        confirm_code(request, "nonsense")


def test_doubt_stops_the_clock(officer, jane, time_machine):
    request = receive("access", by=officer, objects=[jane])
    received, due = request.received_at, request.due_on
    doubt_identity(request, by=officer, ground="signature differs")
    time_machine.move_to(timezone.now() + timedelta(days=14))
    attest(request, by=officer, method="called back")
    after = fresh(request)
    assert (after.received_at, after.paused_days) == (received, 14)
    assert after.due_on >= due + timedelta(days=12)


def test_one_extension_before_the_date(officer, jane, time_machine):
    request = receive("access", by=officer, objects=[jane])
    extend(request, by=officer, ground="three organisations")
    with pytest.raises(RequestRefused, match="only once"):
        extend(request, by=officer, ground="again")
    late = receive("access", by=officer, objects=[jane])
    time_machine.move_to(timezone.now() + timedelta(days=40))
    with pytest.raises(RequestRefused, match="before it has passed"):
        extend(late, by=officer, ground="late")


def test_requester_approver_and_subject_are_three_people(officer, approver, jane):
    request = planned(officer, objects=[jane])
    for person in (officer, jane):
        with pytest.raises(RequestRefused) as refused:
            approve(request, by=person, plan_hash=request.plan_hash)
        assert refused.value.code == "four_eyes"
    with pytest.raises(RequestRefused, match="changed since"):
        approve(request, by=approver, plan_hash="0" * 64)
    assert approve(request, by=approver, plan_hash=request.plan_hash).state == State.APPROVED


def test_each_tenant_is_decided_first(officer, approver, jane):
    request = receive("erasure", by=officer, objects=[jane])
    attest(request, by=officer, method="passport")
    request = make_plan(request, by=officer)
    with pytest.raises(RequestRefused, match="Decide each"):
        approve(request, by=approver, plan_hash=request.plan_hash)


def test_new_data_asks_for_a_new_approval(officer, approver, jane, tenant_b):
    request = planned(officer, objects=[jane])
    approve(request, by=approver, plan_hash=request.plan_hash)
    make_membership(tenant_b, jane, display_name="Jane again")
    with pytest.raises(RequestRefused) as refused:
        start_erasure(request, by=approver, typed_number=request.number)
    assert refused.value.code == "drift"
    assert fresh(request).state == State.PLANNED


def test_the_only_owner_and_the_last_superuser_stay(officer, tenant_a):
    with system_scope(reason="test"):
        owner = UserTenantMembership.objects.get(tenant=tenant_a, role="owner").user
    request = receive("erasure", by=officer, objects=[owner])
    attest(request, by=officer, method="passport")
    with pytest.raises(RequestRefused, match="only owner"):
        make_plan(request, by=officer)
    root = make_user("root@example.test", is_superuser=True)
    request = receive("erasure", by=officer, objects=[root])
    attest(request, by=officer, method="passport")
    with pytest.raises(RequestRefused, match="last superuser"):
        make_plan(request, by=officer)


def test_a_hold_keeps_and_the_sweep_finishes_when_it_ends(erase, jane, tenant_a, officer):
    with system_scope(reason="test"):
        hold = LegalHold.objects.create(tenant=tenant_a, ground="lawsuit 7 O 12/26")
    request = erase(objects=[jane])
    with system_scope(reason="test"):
        waiting = list(request.reviews.values_list("table", "column", "kind", "tenant_key"))
    assert (request.state, request.is_partial) == (State.DONE, True), waiting
    assert [line["ground"] for line in request.report["retained"]] == ["lawsuit 7 O 12/26"]
    with system_scope(reason="test"):
        member = UserTenantMembership.objects.get(user=jane)
        assert member.display_name == "Jane Canary"
        hold.released_at = timezone.now()
        hold.save()
    sweep()
    with system_scope(reason="test"):
        assert UserTenantMembership.objects.get(user=jane).display_name == ""


def test_a_hold_placed_while_it_runs_counts(officer, approver, jane, tenant_a):
    request = planned(officer, objects=[jane])
    approve(request, by=approver, plan_hash=request.plan_hash)
    start_erasure(request, by=approver, typed_number=request.number)
    with system_scope(reason="test"):
        LegalHold.objects.create(model="accounts.user", key=str(jane.pk), ground="lawsuit")
    request = run_erasure(request.pk)
    with system_scope(reason="test"):
        assert UserTenantMembership.objects.get(user=jane).display_name == "Jane Canary"
    jane.refresh_from_db()
    assert jane.email == "jane.canary@example.test"
    assert request.is_partial


def test_what_comes_late_is_erased_too(officer, approver, jane, tenant_b):
    request = planned(officer, objects=[jane])
    approve(request, by=approver, plan_hash=request.plan_hash)
    start_erasure(request, by=approver, typed_number=request.number)
    make_membership(tenant_b, jane, display_name="Jane Canary")
    assert run_erasure(request.pk).state == State.DONE
    with system_scope(reason="test"):
        assert set(UserTenantMembership.objects.filter(user=jane).values_list("display_name", flat=True)) == {""}


def test_refusing_tells_the_person_and_scrubs(officer, jane, django_capture_on_commit_callbacks):
    request = receive("erasure", by=officer, objects=[jane], contact_email="jane.canary@example.test")
    with django_capture_on_commit_callbacks(execute=True):
        refuse(request, by=officer, ground="we may not know you")
    assert "we may not know you" in mail.outbox[0].body
    done = fresh(request)
    assert (done.state, done.subject, done.contact_email) == (State.REFUSED, {}, "")
    with pytest.raises(RequestRefused, match="not possible"):
        withdraw(request, by=officer)


def test_rectification_writes_history_and_knows_whose_row_it_is(officer, jane):
    request = receive("rectification", by=officer, objects=[jane])
    with pytest.raises(RequestRefused, match="identity"):
        rectify(request, jane, {"full_name": "Jane C."}, by=officer)
    attest(request, by=officer, method="passport")
    rectify(request, jane, {"full_name": "Jane C."}, by=officer)
    jane.refresh_from_db()
    assert jane.full_name == "Jane C."
    with pytest.raises(RequestRefused, match="not there"):
        rectify(request, make_user(), {"full_name": "x"}, by=officer)
    with pytest.raises(RequestRefused, match="declared"):
        rectify(request, jane, {"id": "x"}, by=officer)


def test_events_are_append_only(officer, jane):
    request = receive("access", by=officer, objects=[jane])
    with system_scope(reason="test"):
        event = RequestEvent.objects.get(request=request)
        with pytest.raises(TypeError):
            event.save()
        for sql in ("UPDATE pii_requestevent SET note = ''", "DELETE FROM pii_requestevent"):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(sql)


def test_tombstones_and_journal_come_first_and_hold_no_value(erase, jane, settings):
    erase(objects=[jane])
    with open(settings.PII["JOURNAL"]) as journal:
        text = journal.read()
    assert str(jane.pk) in text
    assert "canary" not in text
    with system_scope(reason="test"):
        assert Tombstone.objects.filter(key=str(jane.pk)).exists()


def test_somebody_who_comes_back_is_noticed(erase, jane):
    from pii.models import Reappearance
    from pii.tombstones import note_return

    erase(objects=[jane])
    assert note_return(["JANE.canary@example.test"], how="import") == 1
    assert note_return(["jane.canary@example.test"], how="signup") == 1
    assert note_return(["somebody@example.test"], how="import") == 0
    with system_scope(reason="test"):
        rows = Reappearance.objects.order_by("id")
        assert [(row.how, row.closed_at is None) for row in rows] == [("import", True), ("signup", False)]


def test_retention_counts_then_erases(tenant_a, time_machine):
    from tenancy.models import Invitation

    with system_scope(reason="test"):
        Invitation.objects.create(tenant=tenant_a, email="x@y.test", token_hash="z", expires_at=timezone.now())
    assert "tenancy.Invitation" not in {line.model for line in sweep(dry_run=True)}
    time_machine.move_to(timezone.now() + timedelta(days=366))
    assert ("tenancy.Invitation", 1) in {(line.model, line.rows) for line in sweep(dry_run=True)}
    sweep()
    with system_scope(reason="test"):
        assert not Invitation.objects.exists()


def test_the_record_of_processing_names_every_declared_table():
    lines = {line["model"]: line for line in record_of_processing()}
    assert lines["accounts.User"]["purpose"] == "Signing in"
    assert "Free text" in lines["operations.AuditEvent"]["categories"]
