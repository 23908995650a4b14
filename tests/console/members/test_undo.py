"""An import taken back, row by row."""

from __future__ import annotations

from console.members import undo
from console.members.models import MemberImport
from tenancy import system_scope, tenant_scope
from tenancy.memberships import change_role

from .helpers import HEAD, history, imported, member, members

TWO = HEAD + "anna@x.test,Anna,admin,yes,7,Head\nben@x.test,Ben,,,,\n"


def undone(item):
    with tenant_scope(item.tenant_id):
        item = MemberImport.objects.get(pk=item.pk)
        undo.request(item, by=None)
        undo.run(item)
    return item


def test_new_members_go_and_changed_ones_return(tenant_a):
    imported(tenant_a, TWO)
    second = imported(tenant_a, HEAD + "anna@x.test,Renamed,viewer,no,8,\ncy@x.test,Cy,,,,\n")
    item = undone(second)
    assert (item.state, item.applied["restored"], item.applied["removed"], item.applied["kept"]) == ("undone", 1, 1, 0)
    anna = member(tenant_a, "anna@x.test")
    assert (anna.display_name, anna.role, anna.is_active, anna.external_id) == ("Anna", "admin", True, "7")
    assert "cy@x.test" not in members(tenant_a)
    assert history(tenant_a, "anna@x.test")[-1] == ("~", "undo of import #2")


def test_rows_that_somebody_changed_since_are_kept_and_shown(tenant_a):
    item = imported(tenant_a, TWO)
    with system_scope(reason="test"):
        change_role(member(tenant_a, "anna@x.test"), "member", by=None, reason="ticket")
    with tenant_scope(tenant_a):
        (conflict,) = undo.conflicts_of(item)
    assert (conflict["id"], conflict["reason"]) == (member(tenant_a, "anna@x.test").pk, "ticket")
    item = undone(item)
    assert (item.applied["removed"], item.applied["kept"]) == (1, 1)
    assert "ben@x.test" not in members(tenant_a)
    assert member(tenant_a, "anna@x.test").role == "member"


def test_an_undo_never_takes_the_last_owner(tenant_a):
    (owner,) = members(tenant_a)
    item = imported(tenant_a, HEAD + f"new@x.test,N,owner,,,\n{owner},,member,,,\n")
    item = undone(item)
    assert item.state == "undone"
    assert member(tenant_a, owner).role == "owner"
    again = imported(tenant_a, HEAD + "boss@x.test,B,owner,,,\n")
    with system_scope(reason="test"):
        change_role(member(tenant_a, owner), "member", by=None)
    item = undone(again)
    assert item.state == "done"
    assert "owner" in item.message
    assert member(tenant_a, "boss@x.test").role == "owner"


def test_another_tenant_s_import_with_the_same_number_is_not_undone(tenant_a, tenant_b):
    item = imported(tenant_a, TWO)
    imported(tenant_b, TWO)
    undone(item)
    assert "anna@x.test" in members(tenant_b)
    assert "anna@x.test" not in members(tenant_a)
