"""The job of search words writes what the triggers write, and reads each row once whatever the planner believes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection

from console.members import indexing
from console.members.database import parameters
from console.members.indexing import index
from console.operations.models import SearchToken
from console.workspace.member_search import CATCH_UP
from console.workspace.models import MemberWord
from tenancy import system_scope, tenant_scope
from tenancy.db.owner import owner_connection

from .helpers import HEAD, imported, member

NAMES = "Straße Ça va\u00a0bien\u2003Ångström"
ODD = HEAD + f"jo.o'neil+x@y-z.test,{NAMES},,,Ab/9_(7),\nplain@y.test,,,,,\n"


def words(tenant: Any, *addresses: str) -> list[tuple[int, str, str]]:
    """What staff and the tenant find these people by."""
    with tenant_scope(tenant):
        people = [member(tenant, address) for address in addresses]
        keys = {key: place for place, person in enumerate(people) for key in (person.pk, person.user_id)}
        own = MemberWord.objects.filter(membership__in=people).values_list("membership_id", "word")
        found = [(keys[key], "own", word) for key, word in own]
    with system_scope(reason="test"):
        staff = SearchToken.objects.filter(object_id__in=keys).values_list("object_id", "kind", "token")
        return sorted([*found, *((keys[key], kind, token) for key, kind, token in staff)])


def test_both_ways_write_the_same_words_once(tenant_a, tenant_b, monkeypatch):
    imported(tenant_a, ODD)
    monkeypatch.setattr("console.members.merge.AT_ONCE", 0)
    item = imported(tenant_b, ODD.replace("jo.", "ko.").replace("plain", "other"))
    with tenant_scope(tenant_b):
        assert index(item) > 0
    first = words(tenant_a, "jo.o'neil+x@y-z.test", "plain@y.test")
    later = words(tenant_b, "ko.o'neil+x@y-z.test", "other@y.test")
    assert sorted((p, k, w.replace("ko", "jo").replace("other", "plain")) for p, k, w in later) == first
    assert len(set(first)) == len(first)
    own = {word for place, kind, word in first if kind == "own" and place == 0}
    assert own >= {"strasse", "ca", "va", "bien", "angstrom", "jo", "o", "neil", "x", "jo.o'neil+x@y-z.test"}
    staff = {word for place, kind, word in first if kind != "own" and place == 0}
    assert staff >= {"straße", "bien", "ångström", "ab", "9", "7", "y", "z", "y-z.test", "ab/9_(7)"}


@pytest.mark.parametrize("which", range(3))
def test_each_member_is_read_once_where_statistics_know_nothing_of_the_tenant(
    transactional_db, tenant_a, tenant_b, monkeypatch, which
):
    count = 400
    imported(tenant_b, HEAD + "".join(f"p{n}@b.test,Person{n},,,B{n},\n" for n in range(count)))
    connection.close()
    with owner_connection("default"), connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    monkeypatch.setattr("console.members.merge.AT_ONCE", 0)
    item = imported(tenant_a, HEAD + "".join(f"p{n}@a.test,Person{n},,,A{n},\n" for n in range(count)))
    statement = (indexing._PEOPLE, indexing._MEMBERS, CATCH_UP)[which]
    with tenant_scope(tenant_a), system_scope(reason="test"), connection.cursor() as cursor:
        cursor.execute("EXPLAIN (ANALYZE, TIMING off, FORMAT JSON) " + statement, parameters(item))
        (plan,) = cursor.fetchone()
    plan = plan if isinstance(plan, list) else json.loads(plan)
    read = sum(rows_read(plan[0]["Plan"], ("tenancy_usertenantmembership", "accounts_user")))
    assert 0 < read <= 6 * count  # both tables once, each with the other tenant's rows beside ours


def rows_read(node: dict[str, Any], tables: tuple[str, ...]) -> Any:
    """Rows that a plan looked at in these tables."""
    if node.get("Relation Name") in tables and node["Node Type"] != "ModifyTable":
        yield (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
    for part in node.get("Plans", ()):
        yield from rows_read(part, tables)
