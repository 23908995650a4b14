"""What an import does to members, accounts and history."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model

from console.members.models import MemberImport
from tenancy import TenantRefused, system_scope
from tenancy.memberships import change_role
from tests.factories import make_membership, make_user

from .helpers import HEAD, history, imported, listed, member, members, previewed, refusals

ANNA = HEAD + "anna@x.test,Anna Weiß,admin,yes,7,Head\n"


def test_new_people_become_members_with_history_and_actor(tenant_a):
    boss = make_user("boss@ops.test", is_staff=True)
    item = imported(tenant_a, ANNA, by=boss)
    anna = member(tenant_a, "anna@x.test")
    assert (anna.display_name, anna.role, anna.is_active, anna.external_id, anna.title) == (
        "Anna Weiß", "admin", True, "7", "Head",
    )  # fmt: skip
    assert (item.state, item.counts, item.applied["new"]) == ("done", {"new": 1}, 1)
    with system_scope(reason="test"):
        row = anna.history.get()
        assert (row.history_type, row.history_change_reason) == ("+", "import #1")
        assert (row.history_user_id, row.history_actor) == (boss.pk, "boss@ops.test")
        assert row.role == "admin"
        person = get_user_model().objects.get(email="anna@x.test").history.get()
        assert (person.history_type, person.history_change_reason) == ("+", "import #1")


def test_an_imported_account_has_no_name_and_no_password_that_could_match(tenant_a):
    imported(tenant_a, ANNA)
    user = get_user_model().objects.get(email="anna@x.test")
    assert not user.has_usable_password()
    assert user.full_name == ""
    assert not user.is_staff


def test_a_known_account_is_not_touched(tenant_a, tenant_b):
    anna = make_user("anna@x.test", full_name="Anna Original")
    make_membership(tenant_b, anna, display_name="Anna at Contoso")
    before = get_user_model().objects.filter(pk=anna.pk).values().get()
    imported(tenant_a, ANNA)
    assert get_user_model().objects.filter(pk=anna.pk).values().get() == before
    assert member(tenant_b, "anna@x.test").display_name == "Anna at Contoso"
    assert member(tenant_a, "anna@x.test").display_name == "Anna Weiß"


def test_known_and_unknown_addresses_answer_and_cost_alike(tenant_a, tenant_b, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    make_membership(tenant_b, make_user("known@x.test", full_name="Known"))
    outcomes = []
    assert tenant_a.config.features.member_import  # settings are read once per instance of the tenant
    for address in ("known@x.test", "stranger@x.test"):
        with CaptureQueriesContext(connection) as queries:
            item = imported(tenant_a, f"{HEAD}{address},Somebody,member,yes,,\n")
        outcomes.append((len(queries), item.counts, item.applied, item.notes, item.message))
    assert outcomes[0] == outcomes[1]


def test_the_same_file_again_changes_nothing(tenant_a):
    imported(tenant_a, ANNA)
    again = imported(tenant_a, ANNA)
    assert again.counts == {"unchanged": 1}
    assert len(history(tenant_a, "anna@x.test")) == 1
    assert any("import #1" in note for note in again.notes)


def test_changes_show_before_and_after_and_blank_cells_change_nothing(tenant_a):
    imported(tenant_a, ANNA)
    text = HEAD + "ANNA@x.test,Anna Schmidt,,no,,\n"
    item = previewed(tenant_a, text)
    assert listed(item, "changed")[0]["changes"] == [
        {"field": "display_name", "before": "Anna Weiß", "after": "Anna Schmidt"},
        {"field": "is_active", "before": True, "after": False},
    ]
    assert member(tenant_a, "anna@x.test").display_name == "Anna Weiß"
    imported(tenant_a, text)
    anna = member(tenant_a, "anna@x.test")
    assert (anna.display_name, anna.role, anna.is_active, anna.title) == ("Anna Schmidt", "admin", False, "Head")
    assert history(tenant_a, "anna@x.test") == [("+", "import #1"), ("~", "import #3")]


def test_columns_that_shall_not_update_are_left_alone_in_members_only(tenant_a):
    imported(tenant_a, ANNA)
    text = HEAD + "anna@x.test,Other,viewer,yes,,Boss\nben@x.test,Ben,viewer,yes,,Boss\n"
    imported(tenant_a, text, update=("title",))
    assert (member(tenant_a, "anna@x.test").role, member(tenant_a, "anna@x.test").title) == ("admin", "Boss")
    assert (member(tenant_a, "ben@x.test").role, member(tenant_a, "ben@x.test").display_name) == ("viewer", "Ben")


def test_duplicates_are_merged_and_contradictions_refused(tenant_a):
    text = HEAD + "anna@x.test,Anna,,yes,,\n ANNA@X.test ,,member,,,Head\nanna@x.test,,admin,,,\n"
    item = imported(tenant_a, text)
    assert [row["line"] for row in listed(item, "skipped")] == [3]
    assert "line 2" in listed(item, "skipped")[0]["reason"]
    assert refusals(item) == {4: "contradicts"}
    problem = listed(item, "refused")[0]["problems"][0]
    assert (problem["column"], problem["value"]) == ("role", "admin")
    anna = member(tenant_a, "anna@x.test")
    assert (anna.display_name, anna.role, anna.title) == ("Anna", "member", "Head")


def test_good_rows_go_in_beside_bad_ones_unless_strict(tenant_a):
    text = HEAD + "good@x.test,Good,,,,\nbad,Bad,,,,\n"
    strict = imported(tenant_a, text, strict=True)
    assert strict.state == "previewed"
    assert "good@x.test" not in members(tenant_a)
    assert imported(tenant_a, text).state == "done"
    assert "good@x.test" in members(tenant_a)


def test_ids_belong_to_one_person_each(tenant_a):
    make_membership(tenant_a, make_user("old@x.test"), external_id="7")
    text = HEAD + "a@x.test,A,,,7,\nb@x.test,B,,,8,\nc@x.test,C,,,8,\nold@x.test,,,,7,\n"
    assert refusals(imported(tenant_a, text)) == {2: "external_id_taken", 4: "external_id_twice"}
    assert "b@x.test" in members(tenant_a)


def test_another_tenant_s_ids_and_members_do_not_matter(tenant_a, tenant_b):
    make_membership(tenant_b, make_user("old@x.test"), external_id="7")
    item = imported(tenant_a, ANNA, missing="deactivate")
    assert item.counts["new"] == 1
    assert "old@x.test" not in [row["key"] for row in listed(item, "missing")]
    assert member(tenant_b, "old@x.test").is_active


def test_nobody_gives_or_changes_a_role_above_their_own(tenant_a):
    boss = make_membership(tenant_a, make_user("owner@x.test"), role="owner")
    text = HEAD + "new@x.test,N,owner,,,\nowner@x.test,Renamed,,,,\nfine@x.test,F,admin,,,\n"
    item = imported(tenant_a, text, ceiling="admin")
    assert refusals(item) == {2: "escalation", 3: "escalation"}
    assert member(tenant_a, boss.user.email).display_name == ""
    assert member(tenant_a, "fine@x.test").role == "admin"


def test_a_viewer_may_not_import(tenant_a):
    with pytest.raises(TenantRefused) as refused:
        imported(tenant_a, ANNA, ceiling="member")
    assert refused.value.code == "escalation"


def test_the_last_owner_is_never_lost(tenant_a):
    with system_scope(reason="test"):
        (owner,) = members(tenant_a)
    text = HEAD + f"{owner},,member,,,\n"
    assert refusals(imported(tenant_a, text)) == {2: "last_owner"}
    assert refusals(imported(tenant_a, HEAD + f"{owner},,,no,,\n")) == {2: "last_owner"}
    missing = imported(tenant_a, ANNA, missing="deactivate")
    assert [row["problems"][0]["code"] for row in listed(missing, "refused")] == ["last_owner"]
    assert member(tenant_a, owner).role == "owner"


def test_ownership_can_change_hands_inside_one_file(tenant_a):
    (owner,) = members(tenant_a)
    item = imported(tenant_a, HEAD + f"{owner},,member,,,\nnew@x.test,New,owner,yes,,\n")
    assert (item.state, item.applied["changed"], item.applied["new"]) == ("done", 1, 1)
    assert member(tenant_a, owner).role == "member"


def test_people_missing_from_the_file_are_told_of_or_deactivated(tenant_a):
    imported(tenant_a, HEAD + "a@x.test,A,,,,\nb@x.test,B,,,,\n")
    (owner,) = members(tenant_a) - {"a@x.test", "b@x.test"}
    only_a = HEAD + f"a@x.test,A,,,,\n{owner},,,,,\n"
    told = imported(tenant_a, only_a, missing="report")
    assert [row["key"] for row in listed(told, "missing")] == ["b@x.test"]
    assert member(tenant_a, "b@x.test").is_active
    imported(tenant_a, only_a, missing="deactivate")
    assert not member(tenant_a, "b@x.test").is_active
    assert history(tenant_a, "b@x.test")[-1] == ("~", "import #3")


def test_nobody_is_deactivated_because_their_row_was_refused(tenant_a):
    imported(tenant_a, HEAD + "a@x.test,A,,,,\nb@x.test,B,,,,\n")
    (owner,) = members(tenant_a) - {"a@x.test", "b@x.test"}
    item = imported(tenant_a, HEAD + f"{owner},,,,,\na@x.test,A,Kaiser,,,\nb(at)x.test,B,,,,\n", missing="deactivate")
    assert member(tenant_a, "a@x.test").is_active
    assert member(tenant_a, "b@x.test").is_active
    assert any("only listed" in note for note in item.notes)


def test_seats_are_given_in_the_order_of_the_file(tenant_a, monkeypatch):
    monkeypatch.setattr("console.members.taken.seat_limit", lambda tenant_id: 3)
    item = imported(tenant_a, HEAD + "".join(f"p{n}@x.test,P,,{'no' if n == 1 else 'yes'},,\n" for n in range(5)))
    assert refusals(item) == {5: "seat_limit", 6: "seat_limit"}
    assert {"p0@x.test", "p1@x.test", "p2@x.test"} <= members(tenant_a)


def test_a_member_changed_since_the_preview_is_not_overwritten(tenant_a):
    from console.members import flow
    from tenancy import tenant_scope

    imported(tenant_a, ANNA)
    item = previewed(tenant_a, HEAD + "anna@x.test,Anna New,viewer,,,\nben@x.test,Ben,,,,\n")
    with system_scope(reason="test"):
        change_role(member(tenant_a, "anna@x.test"), "member", by=None)
    make_membership(tenant_a, make_user("ben@x.test"), display_name="By hand")
    with tenant_scope(tenant_a):
        flow.confirm(item, by=None)
        flow.run(item)
    assert item.applied["conflicts"] == 2
    assert refusals(item) == {2: "changed_since", 3: "changed_since"}
    assert member(tenant_a, "anna@x.test").role == "member"
    assert member(tenant_a, "ben@x.test").display_name == "By hand"


def test_a_strict_import_stops_when_members_changed_since_the_preview(tenant_a):
    from console.members import flow
    from tenancy import tenant_scope

    imported(tenant_a, ANNA)
    item = previewed(tenant_a, HEAD + "anna@x.test,Anna New,,,,\nben@x.test,Ben,,,,\n", strict=True)
    with system_scope(reason="test"):
        change_role(member(tenant_a, "anna@x.test"), "member", by=None)
    with tenant_scope(tenant_a):
        flow.confirm(item, by=None)
        flow.run(item)
    assert item.state == "stopped"
    assert "ben@x.test" not in members(tenant_a)


def test_an_archived_tenant_takes_nobody_in(tenant_a):
    from tenancy.lifecycle import archive_tenant

    with system_scope(reason="test"):
        archive_tenant(tenant_a, by=None, reason="closed")
    with pytest.raises(TenantRefused) as refused:
        imported(tenant_a, ANNA)
    assert refused.value.code == "tenant_archived"


def test_words_can_be_added_and_the_default_role_chosen(tenant_a):
    text = "email,role\na@x.test,Kaiser\nb@x.test,\n"
    imported(tenant_a, text, words={"role": {"Kaiser": "admin"}}, default_role="viewer")
    assert (member(tenant_a, "a@x.test").role, member(tenant_a, "b@x.test").role) == ("admin", "viewer")


def test_a_mapping_is_remembered_for_the_same_columns(tenant_a, tenant_b):
    text = "Kontakt;Wer;Aufgabe\na@x.test;Anna;Kasse\n"
    imported(tenant_a, text, overrides={"mapping": {"Wer": "name", "Aufgabe": "title"}})
    again = imported(tenant_a, text.replace("a@x", "b@x"))
    assert member(tenant_a, "b@x.test").title == "Kasse"
    assert again.overrides["mapping"] == {"Wer": "name", "Aufgabe": "title"}
    assert imported(tenant_b, text).overrides == {}


def test_numbers_run_per_tenant(tenant_a, tenant_b):
    assert [imported(tenant_a, ANNA).number, imported(tenant_a, ANNA).number, imported(tenant_b, ANNA).number] == [
        1,
        2,
        1,
    ]


def test_nothing_of_a_person_stands_in_the_import_itself(tenant_a):
    imported(tenant_a, HEAD + "sentinel@x.test,Sentinel Person,Kaiser,,SENTINELID,\nsentinel2@x.test,Sentinel,,,,\n")
    with system_scope(reason="test"):
        (row,) = MemberImport.objects.values()
    assert "entinel" not in str(row)
