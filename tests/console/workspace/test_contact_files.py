"""Files of contacts: who a row is where it has no address, attributes and tags, and the way back."""

from __future__ import annotations

import pytest

from console.operations.models import AuditEvent
from console.workspace.importing.reading import identify, read_attributes, read_tags
from console.workspace.models import Contact, ContactTag, Note, Tag
from console.workspace.records import save_record
from console.workspace.search import search_contacts
from tenancy import system_scope, tenant_scope

NO_ADDRESS = """Kundennummer;Vorname;Nachname;E-Mail;Telefon;Firma;Farbe;Tags
47;Ada;Byron;;;Engines;blau;VIP; Kunde
;Zoë;Ångström;;+49 30 1;Mill;rot;vip
;Zoë;Ångström;;+49 30 2;Mill;;
;;;;;Acme;;
;Jo;Smith;jo@mill.test;;;;
;;;;;;gelb;
"""
PEOPLE = NO_ADDRESS.replace("VIP; Kunde", '"VIP; Kunde"')
COLOUR = {"Farbe": "attributes"}


def contacts(tenant):
    with tenant_scope(tenant):
        return {contact.name: contact for contact in Contact.objects.all()}


def labels(contact):
    with tenant_scope(contact.tenant_id):
        return sorted(Tag.objects.filter(taggings__contact=contact).values_list("name", flat=True))


def test_people_without_an_address_come_in_with_attributes_and_tags(tenant_a, tenant_b, other, enter, walk):
    member = enter(tenant_a, "admin")
    item, page = walk("contacts", PEOPLE, mapping=COLOUR)
    assert item.state == "done", item.message
    assert item.counts == {"new": 5, "refused": 1}
    assert "The row names nobody" in page
    with tenant_scope(tenant_a):
        assert Contact.objects.count() == 5
        ada = Contact.objects.get(external_id="47")
        assert (ada.email, ada.company, ada.attributes) == ("", "Engines", {"Farbe": "blau"})
        assert labels(ada) == ["Kunde", "VIP"]
        assert Tag.objects.count() == 2
        assert set(search_contacts("angst").values_list("phone_key", flat=True)) == {"49301", "49302"}
        assert list(search_contacts("acme").values_list("company", flat=True)) == ["Acme"]
        row = ContactTag.objects.filter(contact=ada).first().history.get()
        assert (row.history_user_id, row.history_change_reason) == (member.user_id, item.reason)
        assert ada.history.get().history_change_reason == item.reason
    with tenant_scope(tenant_b):
        assert (Contact.objects.count(), Tag.objects.count()) == (1, 1)


def test_the_same_file_again_changes_nothing(tenant_a, enter, walk):
    enter(tenant_a, "admin")
    walk("contacts", PEOPLE, mapping=COLOUR)
    before = contacts(tenant_a)
    item, _page = walk("contacts", PEOPLE, mapping=COLOUR)
    assert item.counts == {"unchanged": 5, "refused": 1}
    assert {name: one.updated_at for name, one in contacts(tenant_a).items()} == {
        name: one.updated_at for name, one in before.items()
    }
    with tenant_scope(tenant_a):
        assert ContactTag.history.count() == 3


def test_each_way_of_finding_a_contact_changes_that_one(tenant_a, enter, walk):
    enter(tenant_a, "admin")
    walk("contacts", PEOPLE, mapping=COLOUR)
    again = """id,first name,last name,e-mail,phone,company,city,Farbe,Size,tags
47,Ada,King,ada@mill.test,,,London,,M,Kunde|Neu
,Zoë,Ångström,,(49) 301,,Berlin,grün,,
,,,,,ACME,Rome,,,
9,,,jo@mill.test,,,Oslo,,,
"""
    item, page = walk("contacts", again, mapping={"Farbe": "attributes", "Size": "attributes"})
    assert item.counts == {"changed": 4}, page
    with tenant_scope(tenant_a):
        assert Contact.objects.count() == 5
        ada = Contact.objects.get(external_id="47")
        assert (ada.last_name, ada.email, ada.name_key) == ("King", "ada@mill.test", "king ada")
        assert ada.attributes == {"Farbe": "blau", "Size": "M"}
        assert labels(ada) == ["Kunde", "Neu", "VIP"]
        assert Contact.objects.get(phone_key="49301").attributes == {"Farbe": "grün"}
        assert Contact.objects.get(company__iexact="acme").city == "Rome"
        assert Contact.objects.get(email="jo@mill.test").external_id == "9"


def test_rows_that_would_meet_are_refused_with_the_reason(tenant_a, enter, walk):
    enter(tenant_a, "admin")
    with tenant_scope(tenant_a):
        Contact.objects.create(last_name="Both", email="both@mill.test", external_id="1")
        Contact.objects.create(last_name="Taken", external_id="2")
        for _twin in range(2):
            Contact.objects.create(last_name="Twin", phone="30")
    item, page = walk(
        "contacts",
        "id,last name,e-mail,phone,city\n,Both,both@mill.test,,A\n1,Both,,,B\n2,New,new@mill.test,,C\n"
        "2,Other,other@mill.test,,D\n,Twin,,30,E\n3,,,,F\n3,,,,G\n",
    )
    assert item.counts == {"changed": 2, "new": 1, "refused": 4}, page
    for words in (
        "Line 2 is the same contact",
        "Line 4 has the same id",
        "Several contacts have this name and number",
        "says otherwise of the same person",
    ):
        assert words in page, words


def test_a_contact_taken_since_the_preview_is_left_alone(
    client, tenant_a, enter, django_capture_on_commit_callbacks, monkeypatch
):
    from django.core.files.uploadedfile import SimpleUploadedFile

    from console.members.models import MemberImport

    enter(tenant_a, "admin")
    file = SimpleUploadedFile("x.csv", b"id,last name,e-mail\n1,One,one@mill.test\n2,Two,\n3,Three,\n")
    with django_capture_on_commit_callbacks(execute=True):
        address = client.post("/t/northwind/contacts/import/", {"file": file})["Location"]
        form = {"act": "check", "column0": "external_id", "column1": "last_name", "column2": "email"}
    with django_capture_on_commit_callbacks(execute=True):
        client.post(address, form)
    with tenant_scope(tenant_a):
        Contact.objects.create(last_name="Quick", email="one@mill.test")
        Contact.objects.create(last_name="Quicker", external_id="2")
    with django_capture_on_commit_callbacks(execute=True):
        client.post(address, {"act": "confirm"})
    with tenant_scope(tenant_a):
        item = MemberImport.objects.get()
        assert (item.state, item.applied["new"], item.applied["conflicts"]) == ("done", 1, 2)
        assert sorted(Contact.objects.values_list("last_name", flat=True)) == ["Quick", "Quicker", "Three"]
    page = client.get(address).content.decode()
    assert "2 rows were changed by somebody since the preview" in page


def test_an_undo_takes_everything_back_but_what_was_worked_with(tenant_a, tenant_b, other, own, enter, walk, take_back):
    admin = enter(tenant_a, "admin")
    file = PEOPLE + "8;Own;Renamed;ownword@example.test;;New Ltd;pink;Ownword friends, Neu\n"
    item, _page = walk("contacts", file, mapping=COLOUR)
    assert item.counts == {"new": 5, "changed": 1, "refused": 1}
    found = contacts(tenant_a)
    with tenant_scope(tenant_a):
        save_record(Note(contact=found["Ada Byron"], author_id=admin.user_id, body="kept"), by=admin.user)
    item, page = take_back(item)
    assert item.state == "undone", item.message
    assert (item.applied["removed"], item.applied["restored"], item.applied["kept"]) == (4, 1, 1)
    assert "4 removed, 1 as they were before" in page
    assert "1 was left alone" in page
    now = contacts(tenant_a)
    assert set(now) == {"Ada Byron", "Ownword Person"}
    back = now["Ownword Person"]
    assert (back.company, back.external_id, back.attributes, back.name_key) == ("Ownword Ltd", "", {}, "person ownword")
    assert labels(back) == ["Ownword friends"]
    assert labels(now["Ada Byron"]) == ["Kunde", "VIP"]
    with tenant_scope(tenant_a):
        assert list(search_contacts("person")) == [back]
        assert list(search_contacts("renamed")) == []
        assert ContactTag.history.filter(history_type="-", history_change_reason=f"undo of {item.reason}").count() == 2
    with tenant_scope(tenant_b):
        assert Contact.objects.count() == 1
    with system_scope(reason="test"):
        verbs = set(AuditEvent.objects.filter(tenant_key=tenant_a.pk).values_list("verb", flat=True))
    assert {"contacts.import_undo_requested", "contacts.import_undone"} <= verbs


def test_an_undo_needs_the_role_and_happens_once(client, tenant_a, enter, walk, take_back):
    enter(tenant_a, "admin")
    item, page = walk("contacts", PEOPLE)
    assert "Undo the import" in page
    enter(tenant_a, "member")
    assert client.post(f"/t/northwind/imports/{item.pk}/", {"act": "undo"}).status_code == 403
    enter(tenant_a, "owner")
    item, page = take_back(item)
    assert "Undo the import" not in page
    applied = item.applied
    item, page = take_back(item)
    assert "not possible now" in page
    assert item.applied == applied


def test_exports_of_both_kinds_come_back_unchanged(client, tenant_a, own, enter, walk):
    enter(tenant_a, "admin")
    with tenant_scope(tenant_a):
        Contact.objects.create(
            last_name="=Nameless; Inc", external_id="7", attributes={"URL": "https://x.test:80/;a", "Path": "c:\\x"}
        )
    for format in ("csv", "xlsx"):
        content = b"".join(client.get(f"/t/northwind/contacts/export.{format}").streaming_content)
        item, page = walk("contacts", content, name=f"contacts.{format}")
        assert item.counts == {"unchanged": 2}, page


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"email": "a@b.test", "external_id": "1", "last_name": "X"}, "a@b.test"),
        ({"external_id": "1", "last_name": "X"}, "|id|1"),
        ({"first_name": "Zoë", "last_name": "Ång", "phone": "+1 2", "company": "C"}, "|name|ang zoe|12|"),
        ({"last_name": "Ång", "company": "Mill"}, "|name|ang||mill"),
        ({"company": "Mill"}, "|name|mill||mill"),
        ({"phone": "12"}, ""),
        ({}, ""),
    ],
)
def test_who_a_row_is(values, key):
    assert identify(values).replace("\x1f", "|") == key


def test_attributes_and_tags_of_a_row():
    assert read_attributes([("Size", "M"), ("Attributes", r"a: 1; b: x\;y")]) == '{"Size": "M", "a": "1", "b": "x;y"}'
    assert read_tags([("Tags", "VIP, vip; Neu  Kunde"), ("Group", "|")]) == '{"neu kunde": "Neu Kunde", "vip": "VIP"}'
    assert read_tags([("Tags", " ; ")]) == ""
    for bad in ([("Attributes", "no colon")], [("x" * 65, "long name")], [("a:b", "colon")]):
        with pytest.raises(Exception, match="attributes"):
            read_attributes(bad)
    with pytest.raises(Exception, match="tags"):
        read_tags([("Tags", "x" * 51)])


@pytest.mark.parametrize(
    "names",
    [
        "Prénom;Nom de famille;Courriel;Numéro de téléphone;Société;Ville",
        "Nombre de pila;Apellido;Correo electrónico;Móvil;Empresa;Población",
        "Primeiro nome;Sobrenome;E-mail;Telefone;Empresa;Cidade",
        "Vorname;Zuname;E-Mail-Adresse;Handy;Firma;Ort",
    ],
)
def test_names_of_columns_in_other_languages_and_an_old_encoding_need_no_mapping(tenant_a, other, enter, walk, names):
    enter(tenant_a, "admin")
    item, _page = walk("contacts", f"{names}\nRenée;Muñoz;renee@mill.test;+33 1;Crème;Sète\n".encode("cp1252"))
    assert item.state == "done", item.message
    with tenant_scope(tenant_a):
        found = Contact.objects.get(email="renee@mill.test")
    assert (found.first_name, found.last_name, found.phone) == ("Renée", "Muñoz", "+33 1")
    assert (found.company, found.city) == ("Crème", "Sète")
