"""Members are found by the beginning of a name or an address, in their own tenant alone, by an index under RLS."""

from __future__ import annotations

import itertools
from threading import Barrier

import pytest
from django.db import DatabaseError, connection

from console.members import indexing
from console.members.indexing import index
from console.workspace.member_search import search_members, words_of
from console.workspace.models import MemberWord
from tenancy import identity_scope, system_scope, tenant_scope
from tenancy.db.owner import owner_connection

from ...factories import make_membership, make_user
from ..members.helpers import HEAD, imported


def found(tenant, text):
    with tenant_scope(tenant):
        return {str(member.user_id) for member in search_members(text)}


def test_every_beginning_of_names_and_address_and_nobody_elses(tenant_a, tenant_b):
    ada = make_user("ada.byron@mill.test", full_name="Ada Ångström-Byron")
    make_membership(tenant_a, ada, display_name="Countess L.")
    make_membership(tenant_b, make_user("ada.other@mill.test", full_name="Ada Other"))
    for text in ("ad", "ADA", "ang", "byr", "ada by", "count", "ada.b", "ada.byron@mi", "Ångström-By", "byron ada"):
        assert found(tenant_a, text) == {str(ada.pk)}, text
    for text in ("yron", "mill", "ada other", "other", "%", "'", "\x00", "ada x"):
        assert found(tenant_a, text) == set(), text
    assert str(ada.pk) in found(tenant_a, " ")


def test_words_follow_whoever_changes_them(tenant_a, tenant_b):
    person = make_user("old@mill.test", full_name="Old Name")
    members = [make_membership(tenant, person) for tenant in (tenant_a, tenant_b)]
    with identity_scope():
        person.full_name, person.email = "Newly Wedded", "new@mill.test"
        person.save()
    for tenant in (tenant_a, tenant_b):
        assert found(tenant, "old") == set()
        assert found(tenant, "new") == found(tenant, "wedd") == {str(person.pk)}
    with tenant_scope(tenant_a):
        members[0].display_name = "Chief"
        members[0].save()
    assert found(tenant_a, "chief") == {str(person.pk)}
    assert found(tenant_b, "chief") == set()
    with system_scope(reason="test"):
        gone = members[0].pk
        members[0].delete()
        assert not MemberWord.objects.filter(membership_id=gone).exists()
        assert MemberWord.objects.filter(membership=members[1]).exists()


def test_a_large_import_catches_up_once(tenant_a, monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setattr("console.members.merge.AT_ONCE", 0)
    with django_capture_on_commit_callbacks(execute=False):
        item = imported(tenant_a, HEAD + "anna@x.test,Anna Quittenbaum,,,Z77,\n")
    assert found(tenant_a, "quitt") == set()
    with tenant_scope(tenant_a):
        assert index(item) > 0
        assert index(item) == 0
    assert len(found(tenant_a, "quitt")) == 1


def test_outside_a_transaction_two_statements_run_at_a_time(transactional_db, tenant_a, monkeypatch):
    monkeypatch.setattr("console.members.merge.AT_ONCE", 0)
    monkeypatch.setattr("tenancy.jobs.enqueue", lambda *args, **kwargs: None)
    item = imported(tenant_a, HEAD + "anna@x.test,Anna Quittenbaum,,,Z77,\n")
    assert found(tenant_a, "quitt") == set()
    together, add, pids, calls = Barrier(2), indexing._add, [], itertools.count()

    def waiting(item, statement):
        if next(calls) < 2:  # the first two; one may be over before the other begins
            together.wait(timeout=20)
        with system_scope(reason="test"), connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            pids.append(cursor.fetchone())
        return add(item, statement)

    monkeypatch.setattr(indexing, "_add", waiting)
    assert index(item) > 3
    assert len(pids) == 3
    assert len(set(pids)) >= 2
    assert len(found(tenant_a, "quitt")) == 1


def test_a_statement_that_fails_fails_the_job(transactional_db, tenant_a, monkeypatch):
    item = imported(tenant_a, HEAD + "anna@x.test,Anna Quittenbaum,,,Z77,\n")
    monkeypatch.setattr(indexing, "FURTHER", ["SELECT 1/0"])
    with pytest.raises(DatabaseError):
        index(item)


def test_a_tenant_reads_its_own_words_only(tenant_a, tenant_b):
    make_membership(tenant_b, make_user(full_name="Sentinelword"))
    with tenant_scope(tenant_a), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM workspace_memberword WHERE word = 'sentinelword'")
        assert cursor.fetchone() == (0,)


def test_the_search_uses_its_index_under_the_tenants_role(transactional_db, tenant_a, tenant_b):
    for tenant in (tenant_a, tenant_b):
        rows = "".join(f"p{n}@{tenant.slug}.test,Voyager{n} Some,,,,\n" for n in range(1_500))
        imported(tenant, HEAD + rows)
    connection.close()
    with owner_connection("default"), connection.cursor() as cursor:
        cursor.execute("ANALYZE workspace_memberword, tenancy_usertenantmembership")
    with tenant_scope(tenant_a), connection.cursor() as cursor:
        assert len(search_members("voyager14")) == 111
        sql, parameters = search_members("voyager147").order_by("-created_at", "-id")[:51].query.sql_with_params()
        cursor.execute(f"EXPLAIN {sql}", parameters)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "workspace_memberword_word" in plan
    assert "'voyager147'" in plan.split("workspace_memberword_word")[1].split("Index Cond")[1].splitlines()[0]
    assert "Seq Scan on workspace_memberword" not in plan


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Ada BYRON", ["ada", "byron"]),
        ("ada@Mill", ["ada@mill"]),
        ("Jean-Luc", ["jean", "luc"]),
        ("a b c d e f g", ["a", "b", "c", "d", "e"]),
        ("  ", []),
    ],
)
def test_what_is_looked_for(text, words):
    assert words_of(text) == words


def test_the_page_finds_and_pages_on(client, tenant_a, enter, monkeypatch):
    monkeypatch.setattr("console.workspace.views.members.PAGE_SIZE", 2)
    enter(tenant_a, "viewer")
    for number in range(3):
        make_membership(tenant_a, make_user(full_name=f"Grace Hopper{number}"))
    make_membership(tenant_a, make_user(full_name="Someone Else"))
    page = client.get("/t/northwind/members/", {"q": "gra"}).content.decode()
    assert page.count("Grace Hopper") == 2
    link = page.split('rel="next"')[1].split('href="')[1].split('"')[0].replace("&amp;", "&")
    assert "q=gra" in link
    assert client.get(f"/t/northwind/members/{link}").content.decode().count("Grace Hopper") == 1
