"""Files of contacts and members through the workspace's pages, on the engine that the console uses."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from console.members.models import MemberImport
from console.operations.models import AuditEvent
from console.workspace.models import Contact
from console.workspace.search import search_contacts
from tenancy import system_scope, tenant_scope
from tenancy.models import UserTenantMembership

FILE = """Vorname;Nachname;E-Mail-Adresse;Firma;Geburtsdatum;Lieblingsfarbe
Zoë;Ångström;zoe@mill.test;Acmé;31.12.1987;blau
Ada;Byron;ownword@example.test;Engines;;rot
Bad;Row;not-an-address;;;
Bad;Day;day@mill.test;;31.02.1987;
"""


def test_contacts_are_added_changed_and_refused_with_the_reason(client, tenant_a, tenant_b, own, other, enter, walk):
    member = enter(tenant_a, "admin")
    item, page = walk("contacts", FILE)
    assert item.state == "done", item.message
    assert item.counts == {"new": 1, "changed": 1, "refused": 2}
    assert "not an e-mail address" in page
    with tenant_scope(tenant_a):
        zoe = Contact.objects.get(email="zoe@mill.test")
        assert (zoe.first_name, zoe.company, str(zoe.birth_date)) == ("Zoë", "Acmé", "1987-12-31")
        assert list(search_contacts("angst")) == [zoe]
        row = zoe.history.get()
        assert (row.history_type, row.history_user_id, row.history_change_reason) == ("+", member.user_id, "import #2")
        own.contact.refresh_from_db()
        assert own.contact.last_name == "Byron"
        assert own.contact.name_key == "byron ada"
        assert own.contact.phone == "+1 555"
    with tenant_scope(tenant_b):
        assert Contact.objects.count() == 1
    answer = client.get(f"/t/northwind/imports/{item.pk}/refused/")
    assert answer.streaming  # a million refused rows never stand in memory
    content = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert len(list(csv.DictReader(io.StringIO(content)))) == 2
    with system_scope(reason="test"):
        verbs = set(AuditEvent.objects.filter(tenant_key=tenant_a.pk).values_list("verb", flat=True))
    assert {"contacts.file_uploaded", "contacts.import_confirmed", "contacts.imported"} <= verbs


def test_all_or_none_takes_none(client, tenant_a, own, enter, walk):
    enter(tenant_a, "admin")
    item, page = walk("contacts", FILE, strict="on")
    assert item.state == "previewed"
    assert "All rows or none" in page
    with tenant_scope(tenant_a):
        assert Contact.objects.count() == 1


def test_members_come_in_by_the_same_engine_and_no_role_above_the_importers(tenant_a, enter, walk):
    enter(tenant_a, "admin")
    item, page = walk("members", "email,name,role\nnew@mill.test,New Person,member\nboss@mill.test,Boss,owner\n")
    assert item.counts == {"new": 1, "refused": 1}
    assert "above your own" in page
    with tenant_scope(tenant_a):
        assert UserTenantMembership.objects.get(user__email="new@mill.test").role == "member"
        assert not UserTenantMembership.objects.filter(user__email="boss@mill.test").exists()


def test_an_export_comes_back_unchanged(client, tenant_a, own, enter, walk):
    enter(tenant_a, "admin")
    content = b"".join(client.get("/t/northwind/contacts/export.csv").streaming_content).decode()
    item, _page = walk("contacts", content)
    assert item.counts == {"unchanged": 1}


@pytest.mark.parametrize("content", [b"", b"%PDF-1.4", b"<html>", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_table_is_refused_in_words(client, tenant_a, enter, content):
    enter(tenant_a, "admin")
    answer = client.post("/t/northwind/contacts/import/", {"file": SimpleUploadedFile("x.csv", content)})
    assert answer.status_code == 422
    assert b'role="alert"' in answer.content
    with tenant_scope(tenant_a):
        assert not MemberImport.objects.exists()
