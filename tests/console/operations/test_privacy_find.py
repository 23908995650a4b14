"""Find: a map of where and how much across organisations, never a value; it leads to a request, and is on record."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from console.operations.models import AuditEvent
from console.workspace.models import Contact
from pii.models import DataRequest, TombstoneHash
from pii.requests import receive, requests_about, withdraw
from pii.retention import sweep
from tenancy import system_scope, tenant_scope
from tests.factories import make_membership, make_user
from tests.pii.conftest import approver, erase, officer, own_files

__all__ = ["approver", "erase", "officer", "own_files"]
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


def test_requests_about_the_person_are_listed(staff_client, contact, tenant_a, tenant_b, erase, time_machine):
    def listed(value, by="email"):
        text = client.post(FIND, {"by": by, "value": value}).content.decode()
        return set(re.findall(r"DSR-\d+-\d+", text))

    client = staff_client(*ENTER)
    assert listed(MAIL) == set()
    waiting = receive("access", by=make_user(), emails=[MAIL])
    refused = withdraw(receive("access", by=make_user(), emails=[MAIL]), by=make_user())
    assert listed(MAIL.upper()) == {waiting.number}
    withdraw(waiting, by=make_user())
    done = erase(objects=[contact], tenant=tenant_b)
    assert done.scrubbed_at
    assert listed(MAIL) == {done.number}
    assert listed("+49 170 7654321", by="phone") == {done.number}
    assert listed("somebody.else@example.test") == set()
    assert requests_about(MAIL, tenant=tenant_a) == []
    assert [one.pk for one in requests_about(MAIL, tenant=tenant_b)] == [done.pk]
    assert refused.number not in listed(MAIL)
    time_machine.move_to(timezone.now() + timedelta(days=36))
    assert requests_about(MAIL) == []
    sweep()
    with system_scope(reason="test"):
        assert not TombstoneHash.objects.exists()


def test_an_organisation_finds_its_own_requests_alone(client, contact, tenant_a, tenant_b, erase):
    done = erase(objects=[contact], tenant=tenant_b)
    for tenant, found in ((tenant_a, False), (tenant_b, True)):
        client.force_login(make_membership(tenant, role="admin").user)
        page = f"/t/{tenant.slug}" + reverse("workspace_privacy_find")
        text = client.post(page, {"by": "email", "value": MAIL, **form_of(client, page)}).content.decode()
        assert (done.number in text) is found


def form_of(client, page):
    return dict(re.findall(r'name="(tenant[^"]*|_tenant[^"]*)" value="([^"]*)"', client.get(page).content.decode()))
