"""After a restore: what was kept and refused stays, who came back stays, and a damaged journal stops the servers."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from console.workspace.models import Contact, Note
from pii.erase import run_erasure, start_erasure
from pii.exceptions import PiiError
from pii.identifiers.sets import keyed_hash
from pii.models import Reappearance, Tombstone, TombstoneHash
from pii.requests import approve, decide_tenant, keep_item
from pii.tombstones import journal_ahead, note_return, replay
from pii.tombstones.journal import append, read, write_missing
from tenancy import system_scope, tenant_scope
from tests.factories import make_membership, make_user
from tests.pii.conftest import planned

pytestmark = pytest.mark.django_db(transaction=True)
MAIL = "jane.canary@example.test"
OLD = {"first_name": "Jane", "last_name": "Canarybird", "email": MAIL}


def make_contact(tenant, note=""):
    with tenant_scope(tenant):
        row = Contact.objects.create(**OLD)
        if note:
            Note.objects.create(contact=row, body=note)
    return row


def restore(*rows):
    """The state of a backup made before the erasure: the old values are back, and the memory of it is gone."""
    with system_scope(reason="test"):
        for row in rows:
            type(row)._base_manager.filter(pk=row.pk).update(**OLD)
        Tombstone.objects.all().delete()


def values(row):
    with system_scope(reason="test"):
        return Contact.objects.get(pk=row.pk).email


def tasks():
    with system_scope(reason="test"):
        return {(one.how, one.key, one.closed_at is None) for one in Reappearance.objects.all()}


@pytest.fixture
def path(settings):
    return Path(settings.PII["JOURNAL"])


# what stays ------------------------------------------------------------------------------------------


def test_an_item_that_was_kept_is_kept_again_with_its_ground(officer, approver, tenant_a):
    contact = make_contact(tenant_a, note="Invoice 17")
    request = planned(officer, objects=[contact], tenant=tenant_a)
    end = timezone.now().date() + timedelta(days=30)
    keep_item(request, "workspace.Note", tenant_a, ground="duty", until=end, by=officer)
    carry_out(request, approver)
    restore(contact)
    assert journal_ahead() > 0
    (again,) = replay(by=None)
    assert values(contact).endswith(".invalid")
    with system_scope(reason="test"):
        assert Note.objects.get().body == "Invoice 17"
    (kept,) = [line for line in again.report["retained"] if line["name"] == "workspace.Note"]
    assert (kept["ground"], kept["rows"]) == ("Duty to keep (Art. 17(3)(b))", 1)
    assert journal_ahead() == 0


def test_an_organisation_that_refused_is_left_alone_again(officer, approver, tenant_a, tenant_b):
    here, there = make_contact(tenant_a), make_contact(tenant_b)
    request = planned(officer, emails=[MAIL])
    decide_tenant(request, tenant_b.pk, answer="refuse", by=officer, ground="a lawsuit")
    carry_out(request, approver)
    assert (values(here).endswith(".invalid"), values(there)) == (True, MAIL)
    restore(here)
    replay(by=None)
    assert (values(here).endswith(".invalid"), values(there)) == (True, MAIL)


def carry_out(request, approver):
    from pii.plan import make_plan
    from tests.pii.conftest import fresh

    request = fresh(request)
    if request.state != "planned":
        request = make_plan(request, by=approver)
    approve(request, by=approver, plan_hash=request.plan_hash)
    start_erasure(request, by=approver, typed_number=request.number)
    return run_erasure(request.pk)


# who came back ---------------------------------------------------------------------------------------


def test_who_came_back_is_left_and_opens_a_task(erase, tenant_a, tenant_b):
    contact = make_contact(tenant_a)
    erase(objects=[contact], emails=[MAIL])
    restore(contact)
    returned = make_contact(tenant_b, note="she ordered again")
    replay(by=None)
    assert values(contact).endswith(".invalid")
    assert values(returned) == MAIL
    with system_scope(reason="test"):
        assert Note.objects.get().body == "she ordered again"
    assert ("restore", str(returned.pk), True) in tasks()
    assert journal_ahead() == 0
    assert replay(by=None) == []


def test_older_rows_that_the_backup_brought_back_go_too(erase, tenant_a, tenant_b):
    contact = make_contact(tenant_a)
    erase(objects=[contact], emails=[MAIL])
    restore(contact)
    forgotten = make_contact(tenant_b)
    with system_scope(reason="test"):  # it was deleted before the erasure, which therefore never named it
        Contact._base_manager.filter(pk=forgotten.pk).update(created_at=timezone.now() - timedelta(days=9))
    replay(by=None)
    assert values(forgotten).endswith(".invalid")


def test_an_account_made_anew_is_left_with_its_memberships(erase, tenant_a):
    first = make_user(MAIL, full_name="Jane Canary")
    make_membership(tenant_a, first)
    contact = make_contact(tenant_a)
    erase(objects=[first])
    restore(contact)
    second = make_user(MAIL, full_name="Jane Canary")
    member = make_membership(tenant_a, second, display_name="Jane Canary")
    note_return([MAIL], how=Reappearance.How.SIGNUP, row=second)
    replay(by=None)
    assert values(contact).endswith(".invalid")
    with system_scope(reason="test"):
        second.refresh_from_db()
        member.refresh_from_db()
    assert (second.email, second.full_name, member.display_name) == (MAIL, "Jane Canary", "Jane Canary")
    assert ("restore", str(second.pk), True) in tasks()


# the file --------------------------------------------------------------------------------------------


@pytest.fixture
def journal(erase, tenant_a, path):
    contact = make_contact(tenant_a)
    erase(objects=[contact])
    return contact


def test_a_line_twice_and_lines_in_another_order_are_the_same_erasures(journal, erase, tenant_b, path):
    other = make_contact(tenant_b)
    erase(objects=[other], tenant=tenant_b)
    lines = path.read_text().splitlines(keepends=True)
    assert len(lines) >= 2
    path.write_text("".join([*reversed(lines), *lines]))
    restore(journal, other)
    assert journal_ahead() == len(lines)
    replay(by=None)
    assert (values(journal).endswith(".invalid"), values(other).endswith(".invalid")) == (True, True)
    assert journal_ahead() == 0


@pytest.mark.parametrize("damage", ["{not json\n", "[]\n", '{"id": 1}\n', "\x00\xff\n", "\n"])
def test_a_damaged_line_stops_the_servers_and_is_named(journal, path, client, damage, capsys):
    path.write_bytes(path.read_bytes() + damage.encode("latin-1") + path.read_bytes())
    number = path.read_bytes().count(b"\n", 0, len(path.read_bytes()) // 2) + 1
    with pytest.raises(PiiError, match=f"Line {number} of the tombstone journal"):
        list(read())
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["erasures"]) == (503, False)
    with pytest.raises(SystemExit) as stopped:
        call_command("pii_replay")
    assert stopped.value.code == 1
    assert "Bring the file back" in capsys.readouterr().err


def test_a_changed_line_is_no_line(journal, path):
    path.write_text(path.read_text().replace('"workspace.contact"', '"workspace.note"'))
    with pytest.raises(PiiError, match="signature"):
        list(read())


def test_a_line_torn_by_a_crash_is_cut_off_by_the_next(journal, path, erase, tenant_b):
    whole = path.read_text()
    path.write_text(whole + whole[: len(whole) // 2].rstrip("\n"))
    before = len(list(read()))
    erase(objects=[make_contact(tenant_b)], tenant=tenant_b)
    lines = path.read_text().splitlines()
    assert [json.loads(line)["id"] for line in lines]
    assert len(list(read())) == len(lines) > before


def test_a_last_line_that_lost_only_its_end_counts(journal, path):
    count = len(list(read()))
    path.write_text(path.read_text().rstrip("\n"))
    assert len(list(read())) == count
    append([])
    assert path.read_text().endswith("}\n")


def test_lines_that_the_file_lost_are_written_again(journal, path):
    before = {item["id"]: item for item in read()}
    path.write_text("")
    with system_scope(reason="test"):
        assert write_missing() == len(before)
        assert write_missing() == 0
    assert {item["id"]: item for item in read()} == before
    path.unlink()
    call_command("pii_replay")
    restore(journal)
    replay(by=None)
    assert values(journal).endswith(".invalid")


def test_a_changed_secret_key_leaves_the_memory_readable(journal, settings, path):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another" * 8, [settings.SECRET_KEY]
    assert journal_ahead() == 0
    with system_scope(reason="test"):
        assert not TombstoneHash.objects.filter(digest=keyed_hash(MAIL)).exists()
    assert note_return([MAIL], how="import") == 1
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(PiiError, match="signature"):
        journal_ahead()
