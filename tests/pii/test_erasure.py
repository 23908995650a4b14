"""One door, from the selected person to a proved erasure; neighbours and other tenants stay byte for byte."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model

from pii.erase.report import is_genuine
from pii.models import State, Tombstone
from tenancy import system_scope
from tenancy.models import UserTenantMembership
from tests.factories import make_membership, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def jane(tenant_a):
    user = make_user("jane.canary@example.test", full_name="Jane Canary Doe")
    make_membership(tenant_a, user, display_name="Jane Canary Doe", external_id="CANARY-4711", title="Canary keeper")
    return user


def test_an_account_is_erased_and_proved(erase, jane):
    request = erase(objects=[jane])
    assert request.state == State.DONE, request.report
    with system_scope(reason="test"):
        row = get_user_model().objects.get(pk=jane.pk)
        membership = UserTenantMembership.objects.get(user=jane)
        assert Tombstone.objects.filter(key=str(jane.pk)).exists()
    assert row.email.endswith("@erased.invalid")
    assert (row.full_name, row.is_active, row.has_usable_password()) == ("", False, False)
    assert (membership.display_name, membership.external_id, membership.title) == ("", "", "")
    assert is_genuine(request.report, request.signature)
    assert request.report["scan"]["hits"] == {"pii_datarequest.subject": 1}  # the request itself, scrubbed since
    assert len(request.report["scan"]["controls"]) == 10
    assert "canary" not in str(request.report).lower()
    assert request.subject == {}
    assert request.contact_email == ""
