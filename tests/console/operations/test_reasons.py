"""A part of a reason is found without any other filter, at a cost that no size of the tables changes."""

from __future__ import annotations

import importlib
import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from console.operations.trail import sources
from console.operations.trail.browse import Wanted, browse, walk
from tenancy import audit, lifecycle, staff_scope, system_scope

HISTORY = "tenancy.tenant"
pages = importlib.import_module("console.operations.trail.browse")


@pytest.fixture
def years(tenant_a):
    """A tenant renamed once a day for forty days, newest last, with three reasons that matter."""
    reasons = {3: "merger with Acme", 17: "Acme asked", 38: "ticket 4711, Acme"}
    start = timezone.now() - timedelta(days=40)
    with system_scope(reason="test"):
        for day in range(40):
            with audit.changing(by=None, at=start + timedelta(days=day)):
                lifecycle.rename_tenant(tenant_a, name=f"Name {day}", by=None, reason=reasons.get(day, "routine"))
    return tenant_a


def listed(client, **query):
    answer = client.get(reverse("admin:audit_browser"), query)
    return [row["why"] for row in answer.context["rows"]], answer


def test_a_part_alone_finds_acts_and_histories_whatever_their_age(root, years):
    found, answer = listed(root, reason="acme")
    assert found == ["ticket 4711, Acme"] * 2 + ["Acme asked"] * 2 + ["merger with Acme"] * 2
    assert not answer.context["older"]
    assert listed(root, reason="cme ask")[0] == ["Acme asked"] * 2
    assert listed(root, reason="no such words")[0] == []


def test_in_quotation_marks_a_reason_is_whole(root, years):
    assert listed(root, reason='"Acme asked"')[0] == ["Acme asked"] * 2
    assert listed(root, reason='"Acme"')[0] == []


def test_a_page_looks_so_far_and_says_where_it_stopped(root, years, monkeypatch):
    monkeypatch.setattr(pages, "LOOK_AT", 10)
    found, answer = listed(root, reason="acme")
    assert found == ["ticket 4711, Acme"] * 2
    assert "Looked through back to" in answer.content.decode()
    seen, turns = list(found), 0
    while answer.context["older"]:
        page = re.search(r'rel="next" href="\?([^"]+)"', answer.content.decode())[1].replace("&amp;", "&")
        answer = root.get(f"{reverse('admin:audit_browser')}?{page}")
        seen += [row["why"] for row in answer.context["rows"]]
        turns += 1
        assert turns < 20
    assert seen == ["ticket 4711, Acme"] * 2 + ["Acme asked"] * 2 + ["merger with Acme"] * 2
    assert "Nothing here." not in listed(root, reason="merger")[1].content.decode()
    assert "Nothing so far." in listed(root, reason="merger")[1].content.decode()


def test_rows_of_one_moment_do_not_stop_it(years, root, monkeypatch):
    monkeypatch.setattr(pages, "LOOK_AT", 4)
    moment = timezone.now() - timedelta(days=90)
    with system_scope(reason="test"):
        for number in range(30):
            with audit.changing(by=None, at=moment):
                lifecycle.rename_tenant(
                    years, name=f"Old {number}", by=None, reason="deep find" if number == 11 else "x"
                )
    with staff_scope(actor=root.user, reason="test"):
        chosen = [sources()["acts"], sources()[HISTORY]]
        found = [(entry.kind, entry.why) for entry in walk(chosen, Wanted({"reason": "deep"}))]
        everything = [(entry.kind, entry.key) for entry in walk(chosen, Wanted({"reason": "x"}), size=3)]
    assert sorted(found) == [("acts", "deep find"), (HISTORY, "deep find")]
    assert len(everything) == len(set(everything)) == 2 * 29


def test_more_rows_cost_no_more_queries_and_no_more_rows_read(years, root, monkeypatch):
    monkeypatch.setattr(pages, "LOOK_AT", 10)
    with staff_scope(actor=root.user, reason="test"), CaptureQueriesContext(connection) as queries:
        browse([sources()["acts"], sources()[HISTORY]], Wanted({"reason": "nowhere"}))
    assert len(queries) == 4
    with connection.cursor() as cursor:
        for costly in ("seqscan", "bitmapscan", "sort"):  # a table of forty rows would be read whole
            cursor.execute(f"SET LOCAL enable_{costly} = off")
    with staff_scope(actor=root.user, reason="test"), connection.cursor() as cursor:
        for query, index in zip(
            queries.captured_queries, ("operations_event_newest", "history_tenant_new") * 2, strict=True
        ):
            cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {query['sql']}")
            (plan,) = cursor.fetchone()
            plan = plan if isinstance(plan, list) else json.loads(plan)
            scan = next(node for node in walk_plan(plan[0]["Plan"]) if "Scan" in node["Node Type"])
            assert scan.get("Index Name") == index
            assert scan["Actual Rows"] + scan.get("Rows Removed by Filter", 0) <= 10


def walk_plan(node):
    yield node
    for below in node.get("Plans", ()):
        yield from walk_plan(below)


def test_an_export_goes_on_behind_where_a_page_stops(root, years, monkeypatch):
    monkeypatch.setattr(pages, "LOOK_AT", 10)
    where = f"{reverse('admin:export_list', args=['trail'])}?reason=acme"
    written = root.post(where, {"format": "json", "reason": "audit"}).content.decode()
    assert written.count("Acme asked") == written.count("merger with Acme") == 2
    assert "routine" not in written
