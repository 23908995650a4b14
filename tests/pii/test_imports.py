"""What an import leaves of a person belongs to their erasure: the kept file, the staged rows, an undo's history."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model

from console.members import undo
from console.members.database import ROWS, value
from console.members.models import MemberImport
from pii.models import State
from tenancy import system_scope, tenant_scope
from tenancy.models import UserTenantMembership
from tests.console.members.helpers import HEAD, imported, members

pytestmark = pytest.mark.django_db(transaction=True)  # the kept file goes once the erasure is committed
JANE = HEAD + "jane.canary@example.test,Jane Canary Doe,,,CANARY-4711,Canary keeper\n"


def kept(item):
    with system_scope(reason="test"):
        stored = MemberImport.objects.get(pk=item.pk)
        return bool(stored.file), value(f"SELECT count(*) FROM {ROWS} WHERE import_id = %(import)s", stored)


def jane():
    return get_user_model().objects.get(email="jane.canary@example.test")


def test_an_erasure_takes_the_files_and_rows_that_name_the_person_and_no_others(tenant_a, tenant_b, erase):
    hers, others = imported(tenant_a, JANE), imported(tenant_b, HEAD + "cy@example.test,Cy,,,,\n")
    request = erase(objects=[jane()])
    assert request.state == State.DONE, request.report
    assert kept(hers) == (False, 0)
    assert kept(others) == (True, 1)


def test_an_account_stays_after_an_undo_shut_and_within_reach_of_an_erasure(tenant_a, erase):
    item = imported(tenant_a, JANE)
    with tenant_scope(tenant_a):
        item = MemberImport.objects.get(pk=item.pk)
        undo.request(item, by=None)
        undo.run(item)
    account = jane()
    assert "jane.canary@example.test" not in members(tenant_a)
    assert (account.has_usable_password(), account.full_name, account.last_login) == (False, "", None)
    request = erase(objects=[account])
    assert request.state == State.DONE, request.report
    assert kept(item) == (False, 0)
    with system_scope(reason="test"):
        rows = UserTenantMembership.history.filter(user_id=account.pk).values_list("display_name", "external_id")
        assert list(rows) == [("", ""), ("", "")]
