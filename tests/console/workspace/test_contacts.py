"""Contacts through their pages: what is written, what is refused, what two people do at once, how much it costs."""

import threading

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from console.workspace.attributes import format_attributes, parse_attributes
from console.workspace.models import Contact, ContactTag, Note, Tag
from tenancy import tenant_scope

from ...factories import make_membership
from .conftest import make_records
from .test_records import make_contacts

LIST_QUERIES = 6  # session, membership with person, one page, its tags' rows, the tags, the switcher


def queries_of(client, path):
    with CaptureQueriesContext(connection) as caught:
        assert client.get(path).status_code == 200
    return [query["sql"] for query in caught.captured_queries]


def test_the_list_costs_the_same_on_every_page_and_counts_nothing(client, tenant_a, enter):
    enter(tenant_a, "viewer")
    rows = make_contacts(tenant_a, 400)
    paths = (
        "",
        f"?after={rows[60].pk}",
        f"?after={rows[300].pk}",
        f"?before={rows[300].pk}",
        "?order=newest",
        "?q=name",
    )
    client.get("/t/northwind/contacts/")
    costs = {path: queries_of(client, f"/t/northwind/contacts/{path}") for path in paths}
    plain = [query for query in costs[""] if "SELECT" in query]
    assert len(plain) == LIST_QUERIES, "\n".join(plain)
    for path, queries in costs.items():
        keyed = 1 if path.startswith(("?after", "?before")) else 0
        assert len([query for query in queries if "SELECT" in query]) == len(plain) + keyed, path
        assert not any("COUNT(" in query or "OFFSET" in query for query in queries), path


def test_one_contact_costs_the_same_with_a_long_life(client, tenant_a, own, enter):
    membership = enter(tenant_a, "member")
    path = f"/t/northwind/contacts/{own.contact.pk}/"
    with tenant_scope(tenant_a):
        Note.objects.create(contact=own.contact, author=membership.user, body="the first")
    client.get(path)
    before = len(queries_of(client, path))
    with tenant_scope(tenant_a):
        for number in range(30):
            Note.objects.create(contact=own.contact, author=membership.user, body=f"note {number}")
            own.contact.city = f"City {number}"
            own.contact.save()
    assert len(queries_of(client, path)) == before
    page = client.get(path).content.decode()
    assert "<del>City 28</del>" in page
    assert "?older=" in page


def test_the_timeline_goes_on_where_it_ended(client, tenant_a, own, enter):
    enter(tenant_a, "viewer")
    with tenant_scope(tenant_a):
        for number in range(45):
            own.contact.city = f"City{number:02}x"
            own.contact.save()
    seen, path = "", f"/t/northwind/contacts/{own.contact.pk}/"
    for _page in range(3):
        page = client.get(path).content.decode()
        seen += page.split('id="timeline"')[1]
        if "?older=" in page:
            path = f"/t/northwind/contacts/{own.contact.pk}/?older=" + page.split("?older=")[1].split("#")[0]
    assert all(f"<ins>City{number:02}x</ins>" in seen for number in range(45))


def test_forms_say_what_is_missing_and_who_has_the_address(client, tenant_a, tenant_b, own, other, enter):
    enter(tenant_a, "member")
    for form, said in (
        ({"last_name": " "}, "Give a name"),
        ({"last_name": "X", "email": "OWNWORD@example.test"}, "Another contact has this"),
        ({"last_name": "X", "attributes": "no colon"}, "is not of the form"),
        ({"last_name": "X", "attributes": "a: 1\na: 2"}, "repeats a name"),
        ({"last_name": "X", "birth_date": "soon"}, "Enter a valid date"),
    ):
        answer = client.post("/t/northwind/contacts/new/", form)
        assert answer.status_code == 422
        assert said in answer.content.decode(), form
    # Another tenant's address is free here, and nobody learns of it.
    form = {"last_name": "X", "email": other.contact.email}
    assert client.post("/t/northwind/contacts/new/", form).status_code == 302


def test_attributes_come_back_as_they_were_typed():
    assert parse_attributes("Number: 47\n\nURL: https://x.test:80") == {"Number": "47", "URL": "https://x.test:80"}
    assert parse_attributes(format_attributes({"a": "1", "b": ""})) == {"a": "1", "b": ""}


def test_bulk_tagging_passes_over_what_is_out_of_reach(client, tenant_a, tenant_b, own, other, enter):
    enter(tenant_a, "member")
    keys = [str(own.contact.pk), str(other.contact.pk), "nonsense"]
    answer = client.post("/t/northwind/contacts/tag/", {"contact": keys, "name": " VIP "}, follow=True)
    assert "put on 1 contact." in answer.content.decode()
    client.post("/t/northwind/contacts/tag/", {"contact": keys, "name": "vip"})
    with tenant_scope(tenant_a):
        assert Tag.objects.filter(name_key="vip").count() == 1
        tagging = ContactTag.objects.get(tag__name_key="vip")
        assert tagging.history.get().history_actor
    client.post("/t/northwind/contacts/tag/", {"contact": keys, "name": "vip", "act": "remove"})
    with tenant_scope(tenant_a):
        assert not ContactTag.objects.filter(tag__name_key="vip").exists()
    with tenant_scope(tenant_b):
        assert ContactTag.objects.count() == 1


def test_text_of_people_is_shown_and_never_run(client, tenant_a, own, enter):
    enter(tenant_a, "member")
    evil = "<script>alert(1)</script>"
    client.post(f"/t/northwind/contacts/{own.contact.pk}/notes/", {"body": evil})
    client.post(f"/t/northwind/contacts/{own.contact.pk}/edit/", {"last_name": evil, "company": '"><img src=x>'})
    for path in ("", "contacts/", f"contacts/{own.contact.pk}/", "contacts/?q=%3Cscript%3E"):
        page = client.get(f"/t/northwind/{path}")
        assert evil not in page.content.decode()
        assert "<img src=x>" not in page.content.decode()
        assert "unsafe-inline" not in page["Content-Security-Policy"]
        assert "style=" not in page.content.decode()
        assert "onclick" not in page.content.decode()


@pytest.mark.parametrize("what", ["address", "tag"])
def test_two_people_at_once(transactional_db, tenant_a, what):
    contact = make_records(tenant_a, "Ownword").contact
    clients = []
    for _person in range(2):
        one = Client()
        one.force_login(make_membership(tenant_a, role="member").user)
        clients.append(one)
    barrier = threading.Barrier(2)
    answers = []

    def act(one):
        try:
            barrier.wait()
            if what == "address":
                answer = one.post("/t/northwind/contacts/new/", {"last_name": "X", "email": "same@example.test"})
            else:
                answer = one.post("/t/northwind/contacts/tag/", {"contact": [str(contact.pk)], "name": "Brand new"})
            answers.append(answer.status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=(one,)) for one in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with tenant_scope(tenant_a):
        if what == "address":
            assert sorted(answers) == [302, 422]
            assert Contact.objects.filter(email="same@example.test").count() == 1
        else:
            assert answers == [302, 302]
            assert Tag.objects.filter(name_key="brand new").count() == 1
            tagging = ContactTag.objects.get(tag__name_key="brand new")
            assert tagging.history.count() == 1
