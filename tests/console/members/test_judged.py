"""What a refused row says is not taken, and an undo gives nobody an id that is another's by now."""

from __future__ import annotations

import io

from console.members import undo
from console.members.corrections import write_refused
from console.members.models import MemberImport
from tenancy import system_scope, tenant_scope

from .helpers import HEAD, imported, listed, member, members, refusals

TWO = HEAD + "anna@x.test,Anna,,,7,\nben@x.test,Ben,,,8,\n"


def undone(item):
    with tenant_scope(item.tenant_id):
        item = MemberImport.objects.get(pk=item.pk)
        undo.request(item, by=None)
        undo.run(item)
    return item


def test_nothing_of_a_refused_row_is_taken(tenant_a):
    rows = "anna@x.test,Anna,,,,\nanna@x.test,Other,owner,no,9,Boss\nanna@x.test,,viewer,,,Head\n"
    item = imported(tenant_a, HEAD + rows)
    anna = member(tenant_a, "anna@x.test")
    assert (anna.display_name, anna.role, anna.is_active, anna.external_id) == ("Anna", "member", True, "")
    assert anna.title == ""
    assert refusals(item) == {3: "contradicts", 4: "contradicts"}
    assert item.counts == {"new": 1, "refused": 2}


def test_a_contradiction_names_the_line_that_says_otherwise(tenant_a):
    rows = "anna@x.test,Anna,,,,\nanna@x.test,,viewer,,,\nanna@x.test,,owner,,,\n"
    (row,) = listed(imported(tenant_a, HEAD + rows), "refused")
    assert row["problems"][0]["reason"] == "Line 3 says otherwise of the same person."
    assert member(tenant_a, "anna@x.test").role == "viewer"


def test_an_undo_leaves_a_row_alone_whose_former_id_is_another_s_by_now(tenant_a):
    imported(tenant_a, TWO)
    second = imported(tenant_a, HEAD + "anna@x.test,Anna W,,,70,\nben@x.test,Ben Ö,,,,\ncy@x.test,Cy,,,,\n")
    imported(tenant_a, HEAD + "dora@x.test,Dora,,,7,\n")
    item = undone(second)
    assert (item.state, item.applied["restored"], item.applied["removed"], item.applied["kept"]) == ("undone", 1, 1, 1)
    with system_scope(reason="test"):
        anna = member(tenant_a, "anna@x.test")
    assert (anna.display_name, anna.external_id) == ("Anna W", "70")
    assert member(tenant_a, "ben@x.test").display_name == "Ben"
    assert member(tenant_a, "dora@x.test").external_id == "7"
    assert "cy@x.test" not in members(tenant_a)


def test_a_file_that_names_nobody_deactivates_nobody(tenant_a):
    imported(tenant_a, TWO)
    item = imported(tenant_a, HEAD, missing="deactivate")
    assert any("names nobody" in note for note in item.notes)
    assert item.applied.get("changed", 0) == 0
    assert member(tenant_a, "anna@x.test").is_active


def test_the_file_of_refused_rows_is_whole_where_the_last_owner_is_missing(tenant_a):
    (owner,) = members(tenant_a)
    item = imported(tenant_a, HEAD + "anna@x.test,Anna,Kaiser,,,\nben@x.test,Ben,,,,\n", missing="deactivate")
    assert owner in {row["key"] for row in listed(item, "refused")}
    out = io.StringIO()
    with tenant_scope(tenant_a):
        assert write_refused(item, out) == 1
    assert "Kaiser" in out.getvalue()
