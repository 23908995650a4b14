"""An organisation's own officers answer requests about its own records, and nobody else's."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from console.workspace.models import Contact
from pii.models import DataRequest, State
from pii.requests import receive
from tenancy import tenant_scope
from tests.factories import PASSWORD, make_membership, make_user
from tests.pii.conftest import fresh, own_files

__all__ = ["own_files"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def signed_in(tenant_a):
    def make(role):
        client = Client()
        member = make_membership(tenant_a, role=role)
        client.force_login(member.user)
        client.user = member.user
        return client

    return make


@pytest.fixture
def contact(tenant_a):
    with tenant_scope(tenant_a):
        return Contact.objects.create(first_name="Jane", last_name="Canarybird", email="jane.canary@example.test")


def where(name, *args):
    return "/t/northwind" + reverse(name, args=args)


def post(client, page, **data):
    return client.post(page, data, follow=True)


def entered(client, **data):
    answer = post(client, where("workspace_privacy"), **data)
    return DataRequest(pk=answer.redirect_chain[-1][0].rstrip("/").rpartition("/")[2])


def test_a_contact_is_exported_and_erased(signed_in, contact, tenant_a):
    first, second = signed_in("admin"), signed_in("owner")
    copy = fresh(entered(first, kind="access", contact=contact.pk, method="seen at the desk"))
    assert copy.state == State.DONE
    page = where("workspace_privacy_package", copy.pk)
    assert first.get(page).status_code == 302
    first.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert b"".join(first.get(page).streaming_content)[:2] == b"PK"

    gone = fresh(entered(first, kind="erasure", contact=contact.pk, method="seen at the desk"))
    assert gone.state == State.PLANNED
    page = where("workspace_privacy_request", gone.pk)
    assert b"second person" in post(first, page, verb="approve", plan=gone.plan_hash).content
    post(second, page, verb="approve", plan=gone.plan_hash)
    post(second, page, verb="carry_out", reason=gone.number)
    assert fresh(gone).state == State.DONE, fresh(gone).report
    with tenant_scope(tenant_a):
        assert Contact.objects.get(pk=contact.pk).email.endswith("@erased.invalid")
    assert b"canary" not in second.get(page).content.lower()


@pytest.mark.parametrize("role", ["member", "viewer"])
def test_others_are_refused(signed_in, role):
    assert signed_in(role).get(where("workspace_privacy")).status_code == 403


def test_another_organisations_request_is_not_there(signed_in, tenant_b):
    officer = make_user(is_staff=True)
    theirs = receive("access", by=officer, emails=["x@example.test"], tenant=tenant_b)
    platform = receive("access", by=officer, emails=["x@example.test"])
    client = signed_in("owner")
    for name in ("workspace_privacy_request", "workspace_privacy_review", "workspace_privacy_package"):
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        for key in (theirs.pk, platform.pk, "7c2ad0e6-3f56-4a3b-a0c4-0a3a4dbb0000"):
            assert client.get(where(name, key)).status_code == 404
    assert theirs.number not in client.get(where("workspace_privacy")).content.decode()
