"""Restriction (Art. 18): what is marked is neither changed, exported, imported over nor swept, until it is lifted."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta

import pytest
from django.core import mail
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from console.members.choices import Choices
from console.operations.models import AuditEvent
from console.workspace.exporting.archive import write_archive
from console.workspace.models import Contact, ContactTag, Note, Tag
from console.workspace.records import tag_contacts
from pii.exceptions import RequestRefused
from pii.guarded import guarded_models, is_refusal
from pii.models import RestrictedRow, Restriction, State
from pii.requests import attest, lift, receive, restrict
from pii.restricted import restriction_of, without_restricted
from pii.retention import sweep
from tenancy import memberships, staff_scope, system_scope, tenant_scope
from tenancy.models import Invitation
from tests.console.members.helpers import HEAD, imported, listed
from tests.factories import make_membership, make_user
from tests.pii.conftest import fresh

pytestmark = pytest.mark.django_db
MAIL = "jane.canary@example.test"


@pytest.fixture
def contact(tenant_a):
    with tenant_scope(tenant_a):
        row = Contact.objects.create(first_name="Jane", last_name="Canarybird", email=MAIL)
        Contact.objects.create(first_name="Nora", last_name="Neighbour", email="nora@example.test")
    return row


@pytest.fixture
def restricted(officer, tenant_a):
    """Restrict the processing of a person, of one organisation unless `tenant=None`."""

    def carry_out(tenant=tenant_a, **who):
        request = receive("restriction", by=officer, tenant=tenant, contact_email=MAIL, **who)
        attest(request, by=officer, method="passport seen at the desk")
        return restrict(request, by=officer, ground="accuracy is contested")

    return carry_out


@pytest.fixture
def member(tenant_a):
    client = Client()
    client.force_login(make_membership(tenant_a, role="admin").user)
    return client


def where(name, *args):
    return "/t/northwind" + reverse(name, args=args)


def test_pages_say_why_nothing_changes(member, contact, restricted, tenant_a):
    restricted(objects=[contact])
    page = where("workspace_contact", contact.pk)
    for address, data in (
        (where("workspace_contact_edit", contact.pk), {"first_name": "Joan", "email": MAIL}),
        (where("workspace_contact_delete", contact.pk), {}),
        (where("workspace_contact_note_create", contact.pk), {"body": "called her"}),
        (where("workspace_contact_tag", contact.pk), {"name": "VIP"}),
    ):
        answer = member.post(address, data, follow=True, headers={"Referer": f"http://testserver{page}"})
        assert answer.status_code == 200, address
        assert "Art. 18 GDPR" in answer.content.decode(), address
    with tenant_scope(tenant_a):
        contact.refresh_from_db()
        assert contact.first_name == "Jane"
        assert not Note.objects.exists()
        assert not ContactTag.objects.exists()


def test_the_page_of_a_restricted_contact_is_marked(member, contact, restricted):
    page = where("workspace_contact", contact.pk)
    assert "Processing is restricted" not in member.get(page).content.decode()
    made = restricted(objects=[contact])
    shown = member.get(page).content.decode()
    assert "Processing is restricted" in shown
    assert made.request.number in shown


def test_others_are_tagged_and_the_restricted_passed_over(contact, restricted, tenant_a, officer):
    restricted(objects=[contact])
    with tenant_scope(tenant_a):
        tag = Tag.objects.create(name="VIP")
        keys = list(Contact.objects.values_list("pk", flat=True))
        assert tag_contacts(keys, tag, by=officer) == 1
        with pytest.raises(RequestRefused) as refused:
            tag_contacts([contact.pk], tag, by=officer)
    assert refused.value.code == "restricted"


def test_lists_leave_it_out_and_say_so(member, contact, restricted):
    address = where("workspace_contact_csv")
    assert MAIL in b"".join(member.get(address).streaming_content).decode()
    restricted(objects=[contact])
    text = b"".join(member.get(address).streaming_content).decode()
    assert MAIL not in text
    assert "nora@example.test" in text
    assert "1 contacts were left out" in member.get(where("workspace_contacts")).content.decode()


def test_the_archive_leaves_it_out_and_counts_it(contact, restricted, tenant_a, settings, tmp_path):
    with tenant_scope(tenant_a):
        Note.objects.create(contact=contact, body="a word about Jane")
    restricted(objects=[contact])
    target = io.BytesIO()
    with tenant_scope(tenant_a):
        write_archive(tenant_a, target, lambda rows, where: None)
    with zipfile.ZipFile(target) as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert not [name for name, text in texts.items() if MAIL in text or "word about Jane" in text]
    assert "nora@example.test" in texts["records/workspace.contact.jsonl"]
    assert '"workspace.contact": 1' in texts["manifest.json"]
    assert '"workspace.note": 1' in texts["manifest.json"]


def test_an_import_refuses_the_row_with_the_reason(restricted, tenant_a):
    jane = make_membership(tenant_a, make_user(MAIL), display_name="Jane Canary")
    restricted(objects=[jane])
    item = imported(tenant_a, f"{HEAD}{MAIL},Joan,,,,\nnew@example.test,New,,,,\n")
    (row,) = listed(item, "refused")
    assert row["problems"][0]["code"] == "restricted"
    assert "Art. 18" in row["problems"][0]["reason"]
    assert item.applied.get("new") == 1
    with system_scope(reason="test"):
        jane.refresh_from_db()
    assert jane.display_name == "Jane Canary"


def test_whoever_is_missing_from_the_file_is_not_deactivated(restricted, tenant_a):
    jane = make_membership(tenant_a, make_user(MAIL))
    restricted(objects=[jane])
    imported(tenant_a, f"{HEAD}new@example.test,New,,,,\n", missing=Choices().missing.__class__.DEACTIVATE)
    with system_scope(reason="test"):
        jane.refresh_from_db()
    assert jane.is_active


def test_staff_change_neither_the_membership_nor_the_account(restricted, tenant_a, officer):
    user = make_user(MAIL, full_name="Jane Canary")
    jane = make_membership(tenant_a, user)
    restricted(tenant=None, objects=[user])
    with staff_scope(actor=officer, reason="test"):
        with pytest.raises(RequestRefused, match="restricted"):
            memberships.change_role(jane, "admin", by=officer)
        user.full_name = "Joan"
        with pytest.raises(RequestRefused, match="restricted"):
            user.save()


def test_their_own_sign_in_goes_on(restricted):
    user = make_user(MAIL)
    restricted(tenant=None, objects=[user])
    client = Client()
    assert client.login(email=MAIL, password="correct-horse-battery-staple")


def test_one_organisations_request_binds_that_organisation_alone(restricted, tenant_a, tenant_b):
    user = make_user(MAIL)
    here, there = make_membership(tenant_a, user), make_membership(tenant_b, user)
    restricted(objects=[here])
    assert restriction_of(here) is not None
    assert restriction_of(there) is None
    assert restriction_of(user) is None


def test_the_sweep_keeps_what_is_restricted(restricted, tenant_a, time_machine):
    with system_scope(reason="test"):
        for address in (MAIL, "other@example.test"):
            Invitation.objects.create(tenant=tenant_a, email=address, token_hash=address, expires_at=timezone.now())
    restricted(emails=[MAIL])
    time_machine.move_to(timezone.now() + timedelta(days=400))
    sweep()
    with system_scope(reason="test"):
        assert list(Invitation.objects.values_list("email", flat=True)) == [MAIL]


def test_it_is_lifted_after_the_person_was_told(contact, restricted, tenant_a, officer, settings):
    made = restricted(objects=[contact])
    with pytest.raises(RequestRefused, match="the person is told"):
        lift(made, by=officer, reason=" ")
    backend, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, "no.such.Backend"
    with pytest.raises(ImportError):
        lift(made, by=officer, reason="the data is accurate")
    assert restriction_of(contact) is not None
    settings.EMAIL_BACKEND = backend
    lift(made, by=officer, reason="the data is accurate")
    assert mail.outbox[-1].to == [MAIL]
    assert "the data is accurate" in mail.outbox[-1].body
    with tenant_scope(tenant_a):
        contact.city = "Oslo"
        contact.save()
        assert without_restricted(Contact.objects.all()).count() == 2
    with system_scope(reason="test"):
        made.refresh_from_db()
        assert (made.contact_email, made.lifted_by_id) == ("", officer.pk)
        assert not RestrictedRow.objects.exists()
        verbs = set(AuditEvent.objects.values_list("verb", flat=True))
    assert {"privacy.processing_restricted", "privacy.restriction_lifted"} <= verbs
    with pytest.raises(RequestRefused, match="already"):
        lift(made, by=officer, reason="again")


def test_it_needs_an_identity_a_ground_and_something_kept(officer, contact, tenant_a):
    request = receive("restriction", by=officer, objects=[contact], tenant=tenant_a)
    with pytest.raises(RequestRefused, match="identity"):
        restrict(request, by=officer, ground="unlawful")
    attest(request, by=officer, method="passport")
    with pytest.raises(RequestRefused, match="ground"):
        restrict(request, by=officer, ground="")
    restrict(request, by=officer, ground="unlawful")
    assert (fresh(request).state, fresh(request).subject) == (State.DONE, {})
    nobody = receive("restriction", by=officer, emails=["nobody@example.test"])
    attest(nobody, by=officer, method="passport")
    with pytest.raises(RequestRefused, match="Nothing is kept"):
        restrict(nobody, by=officer, ground="unlawful")
    other = receive("access", by=officer, objects=[contact])
    attest(other, by=officer, method="passport")
    with pytest.raises(RequestRefused, match="no restriction"):
        restrict(other, by=officer, ground="unlawful")
    with system_scope(reason="test"):
        assert Restriction.objects.count() == 1


# the database ----------------------------------------------------------------------------------------


def refused_by_the_database(work):
    with pytest.raises(DatabaseError) as refused, transaction.atomic():
        work()
    assert is_refusal(refused.value), refused.value
    assert "canary" not in str(refused.value)


def test_what_goes_past_the_receivers_is_refused_by_the_database(contact, restricted, tenant_a, officer):
    with tenant_scope(tenant_a):
        note = Note.objects.create(contact=contact, body="a word")
        tag = Tag.objects.create(name="VIP")
        other = Contact.objects.get(first_name="Nora")
    restricted(objects=[contact])
    with tenant_scope(tenant_a):
        rows = Contact.objects.all()
        refused_by_the_database(lambda: rows.update(city="Oslo"))
        refused_by_the_database(lambda: rows.filter(pk=contact.pk)._raw_delete("default"))
        refused_by_the_database(lambda: Note.objects.filter(pk=note.pk).update(body="another"))
        refused_by_the_database(lambda: Note.objects.filter(pk=note.pk)._raw_delete("default"))
        refused_by_the_database(lambda: Note.objects.bulk_create([Note(contact=contact, body="new")]))
        refused_by_the_database(lambda: ContactTag.objects.bulk_create([ContactTag(contact=contact, tag=tag)]))
        refused_by_the_database(lambda: Contact.objects.bulk_update([contact_with(contact, "Joan")], ["first_name"]))
        assert rows.filter(pk=other.pk).update(city="Oslo") == 1
        assert rows.filter(pk=contact.pk).update(first_name="Jane", updated_at=timezone.now()) == 1  # nothing personal
        ContactTag.objects.bulk_create([ContactTag(contact=other, tag=tag)])
    with system_scope(reason="test"):
        assert Contact.objects.filter(pk=contact.pk).update(city="Bergen") == 1  # what a request carries out


def contact_with(row, name):
    row.first_name = name
    return row


def test_staff_go_not_past_it_either(restricted, tenant_a, officer):
    user = make_user(MAIL, full_name="Jane Canary")
    restricted(tenant=None, objects=[user])
    with staff_scope(actor=officer, reason="test"):
        refused_by_the_database(lambda: type(user)._base_manager.filter(pk=user.pk).update(full_name="Joan"))
        type(user)._base_manager.filter(pk=officer.pk).update(full_name="Olga")


def test_a_lifted_restriction_binds_the_database_no_longer(contact, restricted, tenant_a, officer):
    lift(restricted(objects=[contact]), by=officer, reason="the data is accurate")
    with tenant_scope(tenant_a):
        assert Contact.objects.filter(pk=contact.pk).update(city="Oslo") == 1


def test_a_page_that_met_the_trigger_says_so(member, contact, restricted, monkeypatch):
    """A view that forgot to ask: the sentence comes from the database's refusal."""
    monkeypatch.setattr("pii.restricted.refuse_restricted", lambda row: None)
    restricted(objects=[contact])
    page = where("workspace_contact", contact.pk)
    answer = member.post(
        where("workspace_contact_edit", contact.pk),
        {"first_name": "Joan", "email": MAIL},
        follow=True,
        headers={"Referer": f"http://testserver{page}"},
    )
    assert "nothing was changed" in answer.content.decode()


def test_every_restrictable_table_has_its_triggers():
    with system_scope(reason="test"), connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'pii_restricted_others'")
        guarded = {name for (name,) in cursor.fetchall()}
    assert guarded == {model._meta.db_table for model in guarded_models()}
    assert {"workspace_contact", "workspace_note", "accounts_user", "tenancy_usertenantmembership"} <= guarded
