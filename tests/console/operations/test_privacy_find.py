"""Find: a map of where and how much across organisations, never a value; it leads to a request, and is on record."""

from __future__ import annotations

import pytest
from django.urls import reverse

from console.operations.models import AuditEvent
from console.workspace.models import Contact
from pii.models import DataRequest
from tenancy import system_scope, tenant_scope
from tests.factories import make_membership, make_user

pytestmark = pytest.mark.django_db
ENTER = ("pii.enter_datarequest", "pii.view_datarequest")
MAIL = "jane.canary@example.test"
FIND = reverse("admin:pii_find")


@pytest.fixture
def jane(tenant_a, tenant_b):
    user = make_user(MAIL, full_name="Jane Canary")
    make_membership(tenant_a, user, display_name="Jane Canary")
    make_membership(tenant_b, user)
    return user


@pytest.fixture
def contact(tenant_b):
    with tenant_scope(tenant_b):
        return Contact.objects.create(first_name="Jane", last_name="Canarybird", email=MAIL, phone="0170 765-43 21")


def body(answer):
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    return answer.content.decode()


def test_an_address_is_found_in_every_organisation(staff_client, jane, contact):
    client = staff_client(*ENTER)
    text = body(client.post(FIND, {"by": "email", "value": MAIL.upper()}))
    for word in ("northwind", "contoso", "User", "Contact", "in 2 organisations"):
        assert word in text, word
    assert "Jane" not in text
    assert "Canarybird" not in text
    with system_scope(reason="test"):
        act = AuditEvent.objects.get(verb="privacy.person_looked_up")
        assert (act.details["by"], act.details["rows"] > 3) == ("email", True)
        assert "canary" not in str(act.details)


@pytest.mark.parametrize("typed", ["+49 170 7654321", "0170 7654321", "0049 170/765 43 21"])
def test_a_phone_number_in_any_spelling(staff_client, contact, typed):
    text = body(staff_client(*ENTER).post(FIND, {"by": "phone", "value": typed}))
    assert "contoso" in text
    assert "Contact" in text


def test_a_user_a_membership_and_a_contact_by_id(staff_client, jane, contact, tenant_a):
    client = staff_client(*ENTER)
    with system_scope(reason="test"):
        member = jane.memberships.get(tenant=tenant_a)
    keys = {"user": jane.pk, "contact": contact.pk, "member": member.pk}
    for by, key in keys.items():
        assert "contoso" in body(client.post(FIND, {"by": by, "value": str(key)})), by
    assert f'value="{jane.pk}"' in body(client.get(FIND, {"by": "user", "value": str(jane.pk)}))
    assert MAIL not in body(client.get(FIND, {"by": "email", "value": MAIL}))  # an address never stands in a link
    assert "Nothing has this id" in body(client.post(FIND, {"by": "user", "value": str(contact.pk)}))
    assert "no id" in body(client.post(FIND, {"by": "contact", "value": "x"}))


def test_nobody_is_nobody(staff_client):
    assert "Nothing is kept" in body(staff_client(*ENTER).post(FIND, {"by": "email", "value": "no@example.test"}))
    assert "Name the person" in body(staff_client(*ENTER).post(FIND, {"by": "email", "value": "no address"}))


def test_it_leads_to_a_request(staff_client, jane):
    client = staff_client(*ENTER)
    answer = client.post(FIND, {"by": "email", "value": MAIL, "kind": "restriction"})
    with system_scope(reason="test"):
        made = DataRequest.objects.get()
    assert answer["Location"] == reverse("admin:pii_datarequest_change", args=[made.pk])
    assert (made.kind, made.subject["emails"]) == ("restriction", [MAIL])


def test_only_officers_look(staff_client, client):
    assert staff_client("pii.view_datarequest").get(FIND).status_code == 403
    assert client.get(FIND).status_code == 302
