"""The privacy pages: three clicks to a package, one visit and one approval to a proved erasure."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from pii.models import DataRequest, Package, ReviewItem, State
from tenancy import system_scope
from tests.factories import PASSWORD, make_membership, make_user

ENTER, APPROVE, VIEW = "pii.enter_datarequest", "pii.approve_datarequest", "pii.view_datarequest"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def own_files(settings, tmp_path):
    settings.PII = {**settings.PII, "JOURNAL": str(tmp_path / "j"), "PACKAGES": str(tmp_path / "p")}
    settings.MEDIA_ROOT = str(tmp_path / "media")


@pytest.fixture
def jane(tenant_a):
    user = make_user("jane.canary@example.test", full_name="Jane Canary")
    make_membership(tenant_a, user, display_name="Jane Canary")
    return user


def post(client, url, **data):
    return client.post(url, {"_form_submitted": "True", "reason": "ticket 7", **data})


def the_request():
    with system_scope(reason="test"):
        return DataRequest.objects.get()


def sign_in_again(client):
    assert client.post(reverse("account_reauthenticate"), {"password": PASSWORD}).status_code == 302


def page(name, *args):
    return reverse(f"admin:{name}", args=args)


def test_from_the_person_to_the_package(staff_client, jane):
    client = staff_client(ENTER, VIEW, "accounts.view_user")
    dialog = page("accounts_user_export_personal_data", jane.pk)
    assert b"<form" in client.get(dialog).content
    assert post(client, dialog, method="signed in while asking").headers["HX-Redirect"]
    asked = the_request()
    assert asked.state == State.DONE
    shown = client.get(page("pii_datarequest_change", asked.pk))
    assert b"Download" in shown.content
    with system_scope(reason="test"):
        package = Package.objects.get()
    where = page("pii_package", package.pk)
    assert client.get(where).status_code == 302  # asks for the password again
    sign_in_again(client)
    got = client.get(where)
    assert "no-store" in got.headers["Cache-Control"]
    assert b"".join(got.streaming_content)[:2] == b"PK"


def test_from_the_person_to_the_proof(staff_client, jane, tenant_a):
    first, second = staff_client(ENTER, VIEW, "accounts.view_user"), staff_client(ENTER, APPROVE, VIEW)
    post(first, page("accounts_user_erase_personal_data", jane.pk), method="signed in while asking")
    asked = the_request()
    assert asked.state == State.PLANNED
    assert b"northwind" in first.get(page("pii_datarequest_change", asked.pk)).content
    decide = page("pii_datarequest_decide", asked.pk)
    assert b"not part of" in post(first, decide, tenant="no-such", answer="carry_out").content
    post(first, decide, tenant="northwind", answer="carry_out")
    approve = page("pii_datarequest_approve", asked.pk)
    plan = the_request().plan_hash[:8]
    assert post(first, approve, plan=plan).status_code == 403
    assert b"not the plan" in post(second, approve, plan="00000000").content
    post(second, approve, plan=plan)
    carry_out = page("pii_datarequest_carry_out", asked.pk)
    assert b"Type the number" in post(second, carry_out, typed_number="yes").content
    post(second, carry_out, typed_number=asked.number)
    done = the_request()
    assert done.state == State.DONE, done.report
    shown = second.get(page("pii_datarequest_change", asked.pk)).content.decode()
    assert "as it was signed" in shown
    assert "canary" not in shown.lower()


def test_nobody_approves_their_own_request(staff_client, jane):
    client = staff_client(ENTER, APPROVE, VIEW, "accounts.view_user")
    post(client, page("accounts_user_erase_personal_data", jane.pk), method="signed in while asking")
    asked = the_request()
    post(client, page("pii_datarequest_decide", asked.pk), tenant="northwind", answer="carry_out")
    answer = post(client, page("pii_datarequest_approve", asked.pk), plan=the_request().plan_hash[:8])
    assert b"second person" in answer.content
    assert the_request().state == State.PLANNED


def test_somebody_without_an_account_is_entered_by_hand(staff_client):
    client = staff_client(ENTER, VIEW)
    form = {"kind": "access", "emails": "stranger@example.test", "phones": "", "contact_name": "S. Tranger"}
    form |= {"contact_email": "", "message": "", "received_at_0": "", "received_at_1": ""}
    assert client.post(page("pii_datarequest_add"), form).status_code == 302
    assert the_request().number.startswith("DSR-")
    assert b"Name the person" in client.post(page("pii_datarequest_add"), {**form, "emails": ""}).content


@pytest.mark.parametrize(
    "name",
    ["pii_datarequest_changelist", "pii_record", "pii_coverage", "pii_legalhold_changelist", "pii_reveal_changelist"],
)
def test_pages_open_for_those_who_may(staff_client, root, name):
    assert Client().get(page(name)).status_code == 302
    assert staff_client("tenancy.view_tenant").get(page(name)).status_code == 403
    assert root.get(page(name)).status_code == 200


def test_passages_are_answered_side_by_side(staff_client, jane, tenant_a, tenant_b):
    from tenancy.models import UserTenantMembership

    first, second = staff_client(ENTER, VIEW, "accounts.view_user"), staff_client(ENTER, APPROVE, VIEW)
    namesake = make_membership(tenant_b, display_name="Jane Canary")
    post(first, page("accounts_user_erase_personal_data", jane.pk), method="signed in while asking")
    asked = the_request()
    post(first, page("pii_datarequest_decide", asked.pk), tenant="northwind", answer="carry_out")
    post(second, page("pii_datarequest_approve", asked.pk), plan=the_request().plan_hash[:8])
    post(second, page("pii_datarequest_carry_out", asked.pk), typed_number=asked.number)
    assert the_request().state == State.VERIFYING
    where = page("pii_review", asked.pk)
    assert staff_client(VIEW).get(where).status_code == 403
    assert "Jane Canary" in second.get(where).content.decode()
    with system_scope(reason="test"):
        items = list(ReviewItem.objects.all())
    for item in items:
        second.post(where, {"item": item.pk, "answer": "kept"})
    assert the_request().state == State.DONE
    with system_scope(reason="test"):
        assert UserTenantMembership.objects.get(pk=namesake.pk).display_name == "Jane Canary"
