"""An organisation's own officers: a code for strangers, find, kept items, rectification, restriction, holds, record."""

from __future__ import annotations

import pytest
from django.core import mail

from console.workspace.models import Contact, Note
from pii.models import DataRequest, LegalHold, Restriction, State
from pii.requests import place_hold
from tenancy import system_scope, tenant_scope
from tests.factories import make_membership, make_user
from tests.pii.conftest import fresh, own_files

from .test_privacy import contact, entered, post, signed_in, where

__all__ = ["contact", "own_files", "signed_in"]
pytestmark = pytest.mark.django_db(transaction=True)
MAIL = "jane.canary@example.test"
FOREIGN = "7c2ad0e6-3f56-4a3b-a0c4-0a3a4dbb0000"


def test_somebody_without_an_account_proves_themselves_by_a_code(signed_in, contact):
    client = signed_in("admin")
    asked = entered(client, kind="access", email=MAIL, contact_email="thief@example.test")
    page = where("workspace_privacy_request", asked.pk)
    assert b"Check the code" not in client.get(page).content
    mail.outbox.clear()
    post(client, page, verb="send_code")
    (letter,) = mail.outbox
    assert letter.to == [MAIL]  # an address on file, never the one that came with the request
    code = next(word for word in letter.body.split() if word.isdigit() and len(word) == 8)
    wrong = "00000000" if code != "00000000" else "11111111"
    assert b"not the code" in post(client, page, verb="check_code", code=wrong).content
    assert fresh(asked).code_tries == 1
    assert b"The identity is confirmed" in post(client, page, verb="check_code", code=code).content
    assert fresh(asked).identity_method == "code to an address on file"
    post(client, page, verb="export")
    assert fresh(asked).state == State.DONE


def test_a_code_needs_an_address_on_file(signed_in):
    client = signed_in("admin")
    asked = entered(client, kind="erasure", email="stranger@example.test")
    page = where("workspace_privacy_request", asked.pk)
    assert b"No address of this person is on file" in post(client, page, verb="send_code").content
    assert b"clock is stopped" in post(client, page, verb="doubt", reason="no document").content
    assert fresh(asked).state == State.IDENTITY


def test_find_stays_within_the_organisation(signed_in, contact, tenant_b):
    with tenant_scope(tenant_b):
        foreign = Contact.objects.create(first_name="Jane", last_name="Sentinelword", email=MAIL)
    client = signed_in("admin")
    page = where("workspace_privacy_find")
    text = post(client, page, by="email", value=MAIL).content.decode()
    assert "<td>Contact</td><td>1</td>" in text
    assert "Canarybird" not in text
    assert "Nothing has this id" in post(client, page, by="contact", value=str(foreign.pk)).content.decode()
    assert "<td>Contact</td>" in post(client, page, by="contact", value=str(contact.pk)).content.decode()
    member = make_membership(tenant_b)
    assert "Nothing has this id" in post(client, page, by="member", value=str(member.pk)).content.decode()
    assert "Choose by what" in post(client, page, by="user", value=str(member.user_id)).content.decode()
    answer = post(client, page, by="contact", value=str(contact.pk), kind="erasure")
    with system_scope(reason="test"):
        made = DataRequest.objects.get()
    assert made.number in answer.content.decode()
    assert made.tenant_id == contact.tenant_id


def test_a_single_item_is_kept(signed_in, contact, tenant_a):
    with tenant_scope(tenant_a):
        Note.objects.create(contact=contact, body="invoice 17")
    client = signed_in("admin")
    asked = entered(client, kind="erasure", contact=contact.pk, method="seen at the desk")
    page = where("workspace_privacy_request", asked.pk)
    with system_scope(reason="test"):
        item = asked.items.get(model="workspace.Note")
    text = post(client, page, verb="decide", act="keep", item=item.pk, ground="claims", note="case 4").content.decode()
    assert "Legal claims (Art. 17(3)(e)): case 4" in text
    with system_scope(reason="test"):
        item = asked.items.get(model="workspace.Note")
    assert item.action == "keep"
    second = signed_in("owner")
    post(second, page, verb="approve", plan=fresh(asked).plan_hash)
    post(second, page, verb="carry_out", reason=fresh(asked).number)
    done = fresh(asked)
    assert (done.state, done.is_partial) == (State.DONE, True)
    assert "Legal claims (Art. 17(3)(e)): case 4" in client.get(page).content.decode()
    with tenant_scope(tenant_a):
        assert Note.objects.get().body == "invoice 17"
    assert client.post(page, {"verb": "decide", "act": "tenant"}).status_code == 404


def test_a_contact_is_rectified(signed_in, contact, tenant_a):
    client = signed_in("admin")
    asked = entered(client, kind="rectification", contact=contact.pk, method="seen at the desk")
    page = where("workspace_privacy_rectify", asked.pk)
    assert "Canarybird" not in client.get(page).content.decode()
    post(client, page, target=f"workspace.Contact/{contact.pk}/last_name", value="Canary")
    with tenant_scope(tenant_a):
        contact.refresh_from_db()
    assert contact.last_name == "Canary"
    assert b"Choose one of" in post(client, page, target=f"workspace.Contact/{FOREIGN}/last_name", value="x").content
    request = where("workspace_privacy_request", asked.pk)
    post(client, request, verb="close", reason="the name was misspelled")
    assert fresh(asked).state == State.DONE
    assert client.get(page).status_code == 404


def test_restricting_and_lifting(signed_in, contact):
    client = signed_in("admin")
    asked = entered(client, kind="restriction", contact=contact.pk, method="seen at the desk")
    text = post(client, where("workspace_privacy_request", asked.pk), verb="restrict", reason="contested").content
    assert b"Processing is restricted since" in text
    kept = where("workspace_privacy_kept")
    assert fresh(asked).number in client.get(kept).content.decode()
    with system_scope(reason="test"):
        made = Restriction.objects.get()
    mail.outbox.clear()
    post(client, kept, act="lift", key=made.pk, reason="settled")
    assert mail.outbox[-1].to == [MAIL]
    assert "Nobody's data is restricted" in client.get(kept).content.decode().replace("&#x27;", "'")


def test_holds_are_placed_and_released(signed_in, contact, tenant_a, tenant_b):
    client, page = signed_in("admin"), where("workspace_privacy_kept")
    post(client, page, act="place", reason="lawsuit", contact=str(contact.pk), until="2999-12-31")
    with system_scope(reason="test"):
        hold = LegalHold.objects.get()
    assert (hold.model, hold.key, hold.tenant_id) == ("workspace.contact", str(contact.pk), tenant_a.pk)
    assert b"lawsuit" in client.get(page).content
    with tenant_scope(tenant_b):
        foreign = Contact.objects.create(email=MAIL)
    assert b"Nothing has this id" in post(client, page, act="place", reason="x", contact=str(foreign.pk)).content
    theirs = place_hold(by=make_user(), ground="theirs", tenant=tenant_b)
    for key in (theirs.pk, "0", "x"):
        assert client.post(page, {"act": "release", "key": key, "reason": "r"}).status_code == 404
    post(client, page, act="release", key=hold.pk, reason="settled")
    with system_scope(reason="test"):
        hold.refresh_from_db()
    assert hold.released_at


def test_the_record_has_the_organisations_own_spans(signed_in, tenant_a):
    from tenancy.settings.store import change

    client, page = signed_in("owner"), where("workspace_privacy_record")
    assert "180 days from: expires" in client.get(page).content.decode()
    with tenant_scope(tenant_a):
        change(tenant_a, {"privacy.retention": "P30D"}, by=None)
    text = client.get(page).content.decode()
    assert "30 days from: expires" in text
    assert "The customer&#x27;s address book" in text
    assert "Sessions" not in text  # the platform's own


@pytest.mark.parametrize("name", ["find", "kept", "record"])
def test_only_administrators_open_them(signed_in, name, client):
    assert signed_in("admin").get(where(f"workspace_privacy_{name}")).status_code == 200
    assert signed_in("member").get(where(f"workspace_privacy_{name}")).status_code == 403
    assert client.get(where(f"workspace_privacy_{name}")).status_code == 302
