"""Somebody who was erased comes back: by an import (a task), by their own sign-up (a note, and it proceeds)."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model

from console.operations.models import AuditEvent
from console.workspace.models import Contact
from pii.models import Reappearance
from tenancy import system_scope, tenant_scope
from tests.console.members.helpers import HEAD, imported, members
from tests.factories import make_membership, make_user

pytestmark = pytest.mark.django_db
MAIL = "jane.canary@example.test"


@pytest.fixture
def erased(erase, tenant_a):
    user = make_user(MAIL, full_name="Jane Canary")
    make_membership(tenant_a, user)
    return erase(objects=[user])


def returns():
    with system_scope(reason="test"):
        return list(Reappearance.objects.values_list("how", "tenant_key", "model", "closed_at"))


def test_an_import_opens_a_task_and_proceeds(erased, tenant_b):
    item = imported(tenant_b, f"{HEAD}Jane.Canary@example.test,Jane,,,,\nother@example.test,Other,,,,\n")
    assert item.applied.get("new") == 2
    assert MAIL in members(tenant_b)
    assert returns() == [("import", tenant_b.pk, "tenancy.usertenantmembership", None)]
    with system_scope(reason="test"):
        act = AuditEvent.objects.get(verb="privacy.erased_person_returned")
    assert "canary" not in str(act.details)


def test_an_import_of_contacts_too(erased, tenant_b, tmp_path):
    from console.members import flow

    path = tmp_path / "people.csv"
    path.write_text(f"email,first name\n{MAIL},Jane\n")
    flow.import_file(tenant_b, path, target="contacts")
    with tenant_scope(tenant_b):
        assert Contact.objects.get().email == MAIL
    assert returns() == [("import", tenant_b.pk, "workspace.contact", None)]


def test_others_are_no_task(erased, tenant_b):
    imported(tenant_b, f"{HEAD}other@example.test,Other,,,,\n")
    assert returns() == []


def test_their_own_sign_up_proceeds_and_is_noted(erased, client, settings):
    from console.operations.privacy.returns import note_sign_up

    user = make_user(MAIL)
    note_sign_up(get_user_model(), None, user)
    ((how, _tenant, _model, closed),) = returns()
    assert (how, closed is not None) == ("signup", True)
